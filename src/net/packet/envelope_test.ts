import { assertEquals } from "../../../tests/harness/assert.ts";
import { newMemory, sumOf } from "./checksum.ts";
import { Envelope } from "./envelope.ts";
import { addressBytes, macBytes } from "./ip_address.ts";
import { parseIpv4, parseIpv6 } from "./ip_packet.ts";

const macs = { destinationMac: macBytes("02:00:00:00:00:02"), sourceMac: macBytes("02:00:00:00:00:01") };

Deno.test("an envelope's IPv4 header has a right checksum and is read again", () => {
  const ends = { source: addressBytes("1.2.3.4"), destination: addressBytes("10.0.2.15"), protocol: 17 };
  const envelope = new Envelope({ ...macs, ...ends });
  const memory = newMemory(64);
  assertEquals(envelope.put(memory.bytes, 2, 9), 36);
  assertEquals(sumOf(memory, 16, 20), 0xffff);
  const packet = parseIpv4(memory.bytes, 16, 64);
  assertEquals([packet?.protocol, packet?.payloadAt, packet?.end], [17, 36, 45]);
});

Deno.test("an envelope's IPv6 header is read again", () => {
  const ends = {
    source: addressBytes("2001:db8::1"),
    destination: addressBytes("fd00::2"),
    protocol: 6,
    hops: 255,
  };
  const envelope = new Envelope({ ...macs, ...ends });
  const memory = newMemory(128);
  assertEquals(envelope.put(memory.bytes, 0, 20), 54);
  const packet = parseIpv6(memory.bytes, 14, 128);
  assertEquals([packet?.protocol, packet?.payloadAt, packet?.end, memory.bytes[21]], [6, 54, 74, 255]);
});

Deno.test("checksum() of a UDP datagram is what tcpdump wants", () => {
  // 10.0.2.15:1234 > 1.2.3.4:53, 2 bytes "hi": pseudo-header 0a00+020f+0102+0304+0011+000a, then 04d2+0035+000a+6869.
  const ends = { source: addressBytes("10.0.2.15"), destination: addressBytes("1.2.3.4"), protocol: 17 };
  const memory = newMemory(16);
  memory.bytes.set(Uint8Array.fromHex("04d20035000a00006869"));
  const sum = 0x0a00 + 0x020f + 0x0102 + 0x0304 + 0x0011 + 0x000a + 0x04d2 + 0x0035 + 0x000a + 0x6869;
  assertEquals(new Envelope({ ...macs, ...ends }).checksum(memory, 0, 10), ~sum & 0xffff);
});
