import { assertEquals } from "../../../tests/harness/assert.ts";
import { fold, newMemory, sumOf } from "./checksum.ts";
import { Envelope } from "./envelope.ts";
import { isEchoRequest, putEchoReply, putUnreachable } from "./icmp.ts";
import { addressBytes } from "./ip_address.ts";

const mac = new Uint8Array(6);
const envelope = (source: string, destination: string, protocol: number) =>
  new Envelope({
    destinationMac: mac,
    sourceMac: mac,
    source: addressBytes(source),
    destination: addressBytes(destination),
    protocol,
  });
const v4 = envelope("10.0.2.2", "10.0.2.15", 1);
const v6 = envelope("fd00::2", "fd00::15", 58);

Deno.test("putEchoReply() sends identifier, number and data back, with a right checksum", () => {
  const memory = newMemory(64);
  const request = Uint8Array.fromHex("08001234" + "00070001" + "616263");
  assertEquals(isEchoRequest(request, 0, request.length, 4), true);
  putEchoReply(memory, 1, v4, request);
  assertEquals(memory.bytes.subarray(5, 12).toHex(), "00070001" + "616263");
  assertEquals([memory.bytes[1], sumOf(memory, 1, 11)], [0, 0xffff]);
});

Deno.test("putEchoReply() of ICMPv6 sums the pseudo-header too", () => {
  const memory = newMemory(64);
  const request = Uint8Array.fromHex("80001234" + "00070001" + "616263");
  assertEquals(isEchoRequest(request, 0, request.length, 6), true);
  putEchoReply(memory, 0, v6, request);
  assertEquals([memory.bytes[0], fold(sumOf(memory, 0, 11) + 0xfd00 + 2 + 0xfd00 + 0x15 + 58 + 11)], [
    129,
    0xffff,
  ]);
});

Deno.test("isEchoRequest() takes no reply, no other version and nothing that is cut off", () => {
  const request = Uint8Array.fromHex("0800000000070001");
  assertEquals(isEchoRequest(request, 0, 7, 4), false);
  assertEquals(isEchoRequest(request, 0, 8, 6), false);
  assertEquals(isEchoRequest(request.with(0, 0), 0, 8, 4), false);
});

Deno.test("putUnreachable() has the codes of both families", () => {
  const memory = newMemory(64);
  const quoted = new Uint8Array(28).fill(7);
  const code = (why: "network" | "host" | "port" | "prohibited") => {
    putUnreachable(memory, 0, { envelope: v4, why, quoted, version: 4 });
    assertEquals(sumOf(memory, 0, 36), 0xffff);
    const four = memory.bytes.slice(0, 2).join("/");
    putUnreachable(memory, 0, { envelope: v6, why, quoted, version: 6 });
    return `${four} ${memory.bytes.slice(0, 2).join("/")}`;
  };
  assertEquals(code("network"), "3/0 1/0");
  assertEquals(code("host"), "3/1 1/3");
  assertEquals(code("port"), "3/3 1/4");
  assertEquals(code("prohibited"), "3/13 1/1");
});
