import { assertEquals } from "../../../tests/harness/assert.ts";
import { newMemory } from "../packet/checksum.ts";
import { Envelope } from "../packet/envelope.ts";
import { addressBytes } from "../packet/ip_address.ts";
import { type IpPacket, parseIpv4, parseIpv6 } from "../packet/ip_packet.ts";
import type { FrameOutbox } from "./frame_outbox.ts";
import { sendPayload } from "./pieces.ts";

const mac = new Uint8Array(6);

/** What is sent of a payload of so many bytes: protocol, offset, and whether more follows. */
function sent(source: string, destination: string, length: number): unknown[] {
  const memory = newMemory(200_000);
  const packets: (IpPacket | undefined)[] = [];
  let at = 0;
  const outbox = {
    memory,
    begin: (frame: number) => {
      at += 2;
      const from = at;
      at += frame;
      ends.push([from, at]);
      return from;
    },
  };
  const ends: [number, number][] = [];
  const envelope = new Envelope({
    destinationMac: mac,
    sourceMac: mac,
    source: addressBytes(source),
    destination: addressBytes(destination),
    protocol: 99,
  });
  const totals = { sent: 0, received: 0, allowed: 0, denied: 0, dropped: 0 };
  // Of an outbox no more is used.
  const way = { outbox: outbox as unknown as FrameOutbox, totals, changed: () => {} };
  sendPayload(way, envelope, length, ({ bytes }, place) => bytes.fill(7, place, place + length));
  for (const [from, end] of ends) {
    packets.push((source.includes(":") ? parseIpv6 : parseIpv4)(memory.bytes, from + 14, end));
  }
  return packets.map((packet) => [
    packet?.protocol,
    packet?.fragment?.offset,
    packet?.fragment?.more,
    (packet?.end ?? 0) - (packet?.payloadAt ?? 0),
  ]);
}

Deno.test("sendPayload() sends what fits a packet of 65,520 bytes whole, and the rest in two pieces", () => {
  assertEquals(sent("10.0.2.2", "10.0.2.15", 65_500), [[99, undefined, undefined, 65_500]]);
  assertEquals(sent("10.0.2.2", "10.0.2.15", 65_501), [[99, 0, true, 65_496], [99, 65_496, false, 5]]);
  assertEquals(sent("fd00::2", "fd00::15", 65_480), [[99, undefined, undefined, 65_480]]);
  assertEquals(sent("fd00::2", "fd00::15", 65_481), [[99, 0, true, 65_472], [99, 65_472, false, 9]]);
});
