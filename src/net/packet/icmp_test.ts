import { assertEquals } from "../../../tests/harness/assert.ts";
import { fold, newMemory, sumOf } from "./checksum.ts";
import { Envelope } from "./envelope.ts";
import { isEchoRequest, putEcho, putUnreachable, unreachableOf } from "./icmp.ts";
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

const echo = { identifier: 7, sequence: 0x102, data: Uint8Array.fromHex("616263") };

Deno.test("putEcho() sends identifier, number and data back, with a right checksum", () => {
  const memory = newMemory(64);
  putEcho(memory, 1, { envelope: v4, version: 4, ...echo });
  assertEquals(memory.bytes.subarray(5, 12).toHex(), "00070102" + "616263");
  assertEquals([memory.bytes[1], sumOf(memory, 1, 11)], [0, 0xffff]);
});

Deno.test("putEcho() of ICMPv6 sums the pseudo-header too", () => {
  const memory = newMemory(64);
  putEcho(memory, 0, { envelope: v6, version: 6, ...echo });
  assertEquals([memory.bytes[0], fold(sumOf(memory, 0, 11) + 0xfd00 + 2 + 0xfd00 + 0x15 + 58 + 11)], [
    129,
    0xffff,
  ]);
});

Deno.test("unreachableOf() has what a guest is told of an errno", () => {
  const of = (code: string) => unreachableOf(Object.assign(new Error(), { code }));
  assertEquals(["ENETUNREACH", "EHOSTUNREACH", "EPERM", "EMSGSIZE"].map(of), [
    "network",
    "host",
    "prohibited",
    undefined,
  ]);
  assertEquals(unreachableOf("ENETUNREACH"), undefined);
});

Deno.test("isEchoRequest() takes no reply, no other version and nothing that is cut off", () => {
  const request = Uint8Array.fromHex("0800000000070001");
  assertEquals(isEchoRequest(request, 0, 8, 4), true);
  assertEquals(isEchoRequest(request.with(0, 128), 0, 8, 6), true);
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
