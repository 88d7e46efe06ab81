import { assertEquals } from "../../../tests/harness/assert.ts";
import { fold, newMemory, sumOf } from "./checksum.ts";
import { Envelope } from "./envelope.ts";
import { addressBytes, macBytes } from "./ip_address.ts";
import { putAdvertisement, solicits } from "./ndp.ts";

const gateway = addressBytes("fd00::2");
const solicitation = Uint8Array.fromHex("87000000" + "00000000" + gateway.toHex() + "0101" + "5a94efe40c02");

Deno.test("solicits() wants a whole solicitation of that address", () => {
  assertEquals(solicits(solicitation, 0, solicitation.length, gateway), true);
  assertEquals(solicits(solicitation, 0, solicitation.length, addressBytes("fd00::3")), false);
  assertEquals(solicits(solicitation, 0, 23, gateway), false);
  assertEquals(solicits(solicitation.with(0, 133), 0, solicitation.length, gateway), false);
});

Deno.test("putAdvertisement() names the MAC, with a right checksum", () => {
  const mac = macBytes("5a:94:ef:e4:0c:01");
  const ends = { source: gateway, destination: addressBytes("fd00::15"), protocol: 58, hops: 255 };
  const envelope = new Envelope({ destinationMac: mac, sourceMac: mac, ...ends });
  const memory = newMemory(64);
  putAdvertisement(memory, 0, { envelope, address: gateway, mac });
  assertEquals(memory.bytes.subarray(0, 2).toHex(), "8800");
  assertEquals(memory.bytes.subarray(4, 32).toHex(), "e0000000" + gateway.toHex() + "0201" + "5a94efe40c01");
  assertEquals(fold(sumOf(memory, 0, 32) + 0xfd00 + 2 + 0xfd00 + 0x15 + 58 + 32), 0xffff);
});
