import fc from "fast-check";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { fold, newMemory, sumOf } from "./checksum.ts";
import { Envelope } from "./envelope.ts";
import { addressBytes } from "./ip_address.ts";
import { parseUdp, putUdp } from "./udp.ts";

const mac = new Uint8Array(6);
const ends = { source: addressBytes("fd00::1"), destination: addressBytes("fd00::2"), protocol: 17 };
const envelope = new Envelope({ destinationMac: mac, sourceMac: mac, ...ends });

Deno.test("parseUdp() reads what putUdp() wrote, with a checksum that is right and never 0", () => {
  const memory = newMemory(512);
  const port = fc.integer({ min: 1, max: 65_535 });
  fc.assert(
    fc.property(port, port, fc.uint8Array({ maxLength: 300 }), (sourcePort, destinationPort, data) => {
      putUdp(memory, 3, { envelope, sourcePort, destinationPort, data });
      const found = parseUdp(memory.bytes, 3, 11 + data.length);
      assertEquals(found, { sourcePort, destinationPort, dataAt: 11, dataEnd: 11 + data.length });
      const pseudo = 0xfd00 + 1 + 0xfd00 + 2 + 17 + 8 + data.length;
      assertEquals(fold(pseudo + sumOf(memory, 3, 8 + data.length)), 0xffff);
      assertEquals(memory.bytes[9] === 0 && memory.bytes[10] === 0, false);
    }),
  );
});

Deno.test("parseUdp() takes no datagram that is cut off, lies about its length or has no ports", () => {
  const good = Uint8Array.fromHex("04d20035000a00006869");
  for (let end = 0; end < good.length; end++) assertEquals(parseUdp(good, 0, end), undefined);
  assertEquals(parseUdp(good.with(5, 7), 0, 10), undefined);
  assertEquals(parseUdp(good.with(5, 11), 0, 10), undefined);
  assertEquals(parseUdp(good.with(0, 0).with(1, 0), 0, 10), undefined);
  // Behind a shorter length stands padding.
  assertEquals(parseUdp(good.with(5, 9), 0, 10)?.dataEnd, 9);
});
