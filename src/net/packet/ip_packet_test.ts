import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { parseIpv4, parseIpv6 } from "./ip_packet.ts";

const v4 = Uint8Array.fromHex("45000018" + "00014000" + "40060000" + "0a00020f" + "01020304" + "aabbccdd");
const v6 = (next: string, payload: string) =>
  Uint8Array.fromHex(
    "60000000" + (payload.length / 2).toString(16).padStart(4, "0") + next + "40" + "fd".padEnd(32, "0") +
      "20".padEnd(32, "1") + payload,
  );

Deno.test("parseIpv4() finds addresses and payload, and leaves padding out", () => {
  const packet = parseIpv4(new Uint8Array([...v4, 0, 0, 0]), 0, v4.length + 3);
  assertEquals(packet, {
    version: 4,
    protocol: 6,
    addressBytes: 4,
    headerAt: 0,
    sourceAt: 12,
    destinationAt: 16,
    payloadAt: 20,
    end: 24,
    fragment: undefined,
  });
});

Deno.test("parseIpv4() takes no packet that is cut off or lies about its lengths", () => {
  for (let end = 0; end < v4.length; end++) assertEquals(parseIpv4(v4, 0, end), undefined);
  const with_ = (at: number, value: number) => parseIpv4(v4.with(at, value), 0, v4.length);
  assertEquals(
    [with_(0, 0x65), with_(0, 0x44), with_(0, 0x47), with_(3, 19), with_(3, 25)],
    new Array(5).fill(undefined),
  );
});

Deno.test("parseIpv4() sees pieces: the first, one within, the last", () => {
  const piece = (place: number) =>
    parseIpv4(v4.with(6, place >> 8).with(7, place & 255), 0, v4.length)?.fragment;
  assertEquals(piece(0x2000), { id: 1, offset: 0, more: true });
  assertEquals(piece(0x2001), { id: 1, offset: 8, more: true });
  assertEquals(piece(0x0002), { id: 1, offset: 16, more: false });
});

Deno.test("parseIpv6() skips extension headers", () => {
  const options = "3c00010400000000" + "0600010400000000";
  const packet = parseIpv6(v6("00", options + "abcd"), 0, 58);
  assertEquals([packet?.protocol, packet?.payloadAt, packet?.end], [6, 56, 58]);
});

Deno.test("parseIpv6() sees pieces, and a whole packet with a fragment header", () => {
  const first = parseIpv6(v6("2c", "1100000100000007" + "abcd"), 0, 50);
  assertEquals([first?.fragment, first?.protocol, first?.payloadAt], [
    { id: 7, offset: 0, more: true },
    17,
    48,
  ]);
  assertEquals(parseIpv6(v6("2c", "1100000000000007" + "abcd"), 0, 50)?.fragment, undefined);
});

Deno.test("parseIpv6() takes no endless chain of headers, and none past the end", () => {
  assertEquals(parseIpv6(v6("00", "0000010400000000".repeat(9)), 0, 112), undefined);
  assertEquals(parseIpv6(v6("00", "0601010400000000"), 0, 48), undefined);
  assertEquals(parseIpv6(v6("06", "abcd"), 0, 41), undefined);
});

Deno.test("whatever the bytes are, a packet lies within them", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom(4, 6), (bytes, version) => {
    if (bytes.length > 0) bytes[0] = (version << 4) | ((bytes[0] ?? 0) & 15);
    const packet = version === 4 ? parseIpv4(bytes, 0, bytes.length) : parseIpv6(bytes, 0, bytes.length);
    if (packet) assertTrue(packet.payloadAt <= packet.end && packet.end <= bytes.length);
  }));
});
