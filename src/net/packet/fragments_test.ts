import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { Fragments } from "./fragments.ts";
import { type Fragment, type IpPacket, parseIpv4, parseIpv6 } from "./ip_packet.ts";

type Piece = IpPacket & { readonly fragment: Fragment };

/** A piece of a UDP datagram over IPv4. */
function piece(data: Uint8Array, place: { id?: number; offset: number; more: boolean }): [Uint8Array, Piece] {
  const bytes = new Uint8Array(20 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x45000000 | bytes.length);
  view.setUint16(4, place.id ?? 1);
  view.setUint16(6, (place.offset >> 3) | (place.more ? 0x2000 : 0));
  bytes.set([64, 17, 0, 0, 10, 0, 2, 15, 1, 2, 3, 4], 8);
  bytes.set(data, 20);
  return [bytes, parseIpv4(bytes, 0, bytes.length) as Piece];
}

Deno.test("pieces in any order, and twice, make the packet that was cut", () => {
  const cuts = fc.record({
    data: fc.uint8Array({ minLength: 9, maxLength: 600 }),
    size: fc.integer({ min: 1, max: 10 }),
    seed: fc.infiniteStream(fc.nat(1_000)),
  });
  fc.assert(fc.property(cuts, ({ data, size, seed }) => {
    const fragments = new Fragments();
    const starts = [];
    for (let at = 0; at < data.length; at += 8 * size) starts.push(at);
    if (starts.length < 2) return;
    const order = starts.map((at) => ({ at, rank: seed.next().value })).sort((a, b) => a.rank - b.rank);
    const results = order.flatMap(({ at }, index) => {
      const end = Math.min(data.length, at + 8 * size);
      const [bytes, packet] = piece(data.subarray(at, end), { offset: at, more: end < data.length });
      const once = fragments.add(bytes, packet, 0);
      return [once, index < order.length - 1 ? fragments.add(bytes, packet, 0) : undefined];
    });
    const made = results.filter((result) => result !== undefined);
    assertEquals(made.length, 1);
    const [{ bytes, packet }] = made as [{ bytes: Uint8Array; packet: IpPacket }];
    assertEquals([...bytes.subarray(packet.payloadAt, packet.end)], [...data]);
    const { fragment, protocol } = parseIpv4(bytes, 0, bytes.length) ?? {};
    assertEquals([fragment, protocol, fragments.bytes], [undefined, 17, 0]);
  }));
});

Deno.test("an overlap ends the packet, and what else comes of it is dropped", () => {
  const fragments = new Fragments();
  const add = (length: number, offset: number, more: boolean) =>
    fragments.add(...piece(new Uint8Array(length), { offset, more }), 0);
  add(16, 0, true);
  assertEquals([add(16, 8, true), add(8, 16, false), add(16, 0, true), fragments.bytes], [
    undefined,
    undefined,
    undefined,
    0,
  ]);
});

Deno.test("no packet becomes longer than one can be, or longer than its last piece says", () => {
  const fragments = new Fragments();
  const add = (id: number, length: number, offset: number, more: boolean) =>
    fragments.add(...piece(new Uint8Array(length), { id, offset, more }), 0);
  add(1, 64, 65_480, true);
  add(2, 8, 8, false);
  add(2, 8, 16, true);
  assertEquals([add(2, 8, 0, true), fragments.bytes], [undefined, 0]);
});

Deno.test("what waits is bounded in packets, bytes and time", () => {
  const fragments = new Fragments();
  for (let id = 0; id < 1_000; id++) {
    fragments.add(...piece(new Uint8Array(32_000), { id, offset: 0, more: true }), id);
  }
  assertTrue(fragments.bytes <= 2 ** 20);
  fragments.add(...piece(new Uint8Array(8), { id: 2_000, offset: 0, more: true }), 60_000);
  assertEquals(fragments.bytes, 8);
});

Deno.test("IPv6 pieces make a packet whose header names what is in it", () => {
  const fragments = new Fragments();
  const add = (place: string, data: string) => {
    const payload = "1100" + place + "00000007" + data;
    const bytes = Uint8Array.fromHex(
      "60000000" + (payload.length / 2).toString(16).padStart(4, "0") + "2c40" + "fd".padEnd(32, "0") +
        "20".padEnd(32, "1") + payload,
    );
    return fragments.add(bytes, parseIpv6(bytes, 0, bytes.length) as Piece, 0);
  };
  assertEquals(add("0001", "0102030405060708"), undefined);
  const made = add("0008", "0908");
  const packet = parseIpv6(made?.bytes ?? new Uint8Array(0), 0, made?.bytes.length ?? 0);
  assertEquals([packet?.protocol, packet?.fragment, packet?.payloadAt], [17, undefined, 40]);
  assertEquals(made?.bytes.subarray(40).toHex(), "01020304050607080908");
});
