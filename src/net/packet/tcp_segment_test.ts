import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { parseTcp, putTcp, TcpFlag } from "./tcp_segment.ts";

const port = fc.integer({ min: 1, max: 65_535 });
const numbers = fc.record({
  sourcePort: port,
  destinationPort: port,
  sequence: fc.nat(0xffffffff),
  acknowledgment: fc.nat(0xffffffff),
  flags: fc.nat(31),
  window: fc.nat(0xffff),
});

Deno.test("parseTcp() reads what putTcp() wrote", () => {
  const bytes = new Uint8Array(64);
  fc.assert(fc.property(numbers, (wrote) => {
    assertEquals(putTcp(bytes, 5, wrote), 25);
    assertEquals(parseTcp(bytes, 5, 30), { ...wrote, dataAt: 25, dataEnd: 30 });
  }));
});

Deno.test("parseTcp() reads the options of a SYN, and only of one", () => {
  const bytes = new Uint8Array(64);
  const some = { sourcePort: 1, destinationPort: 2, sequence: 3, acknowledgment: 4, window: 5 };
  putTcp(bytes, 0, { ...some, flags: TcpFlag.syn }, { mss: 65_480, windowScale: 7 });
  const syn = parseTcp(bytes, 0, 28);
  assertEquals([syn?.mss, syn?.windowScale, syn?.dataAt], [65_480, 7, 28]);
  putTcp(bytes, 0, { ...some, flags: TcpFlag.syn }, { mss: 1_460 });
  assertEquals(parseTcp(bytes, 0, 28)?.windowScale, undefined);
  putTcp(bytes, 0, { ...some, flags: TcpFlag.ack }, { mss: 1_460, windowScale: 7 });
  assertEquals(parseTcp(bytes, 0, 28)?.mss, undefined);
});

Deno.test("parseTcp() survives options that lie, and limits the scale to 14", () => {
  const syn = (hex: string) => {
    const header = Uint8Array.fromHex(
      "00010002" + "00000000" + "00000000" + "7002ffff" + "00000000" + hex.padEnd(16, "0"),
    );
    const { mss, windowScale } = parseTcp(header, 0, header.length) ?? {};
    return [mss, windowScale];
  };
  assertEquals(syn("020405b4" + "0303ff"), [1_460, 14]);
  assertEquals(syn("0200" + "020405b4"), [undefined, undefined]);
  assertEquals(syn("05ff" + "020405b4"), [undefined, undefined]);
  assertEquals(syn("01010101010101" + "02"), [undefined, undefined]);
  assertEquals(syn("020305" + "030307"), [undefined, 7]);
});

Deno.test("whatever the bytes are, a segment's data lies within them", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => {
    const segment = parseTcp(bytes, 0, bytes.length);
    if (segment) assertTrue(segment.dataAt <= segment.dataEnd && segment.dataEnd <= bytes.length);
  }));
});
