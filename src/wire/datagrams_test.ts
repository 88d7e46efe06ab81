import fc from "fast-check";
import { assertEquals } from "../../tests/harness/assert.ts";
import { DatagramDecoder, encodeDatagram, MAX_DATAGRAM_BYTES } from "./datagrams.ts";
import { joinedBytes } from "../text/joined_bytes.ts";

Deno.test("DatagramDecoder finds each datagram again, however the bytes come", () => {
  fc.assert(fc.property(
    fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
    fc.integer({ min: 1, max: 50 }),
    (datagrams, piece) => {
      const bytes = joinedBytes(...datagrams.map(encodeDatagram));
      const decoder = new DatagramDecoder();
      const found: string[] = [];
      for (let at = 0; at < bytes.length; at += piece) {
        for (const one of decoder.push(bytes.subarray(at, at + piece))) found.push(one.toHex());
      }
      assertEquals(found, datagrams.map((one) => one.toHex()));
    },
  ));
});

Deno.test("encodeDatagram() has room for the largest datagram of UDP", () => {
  const largest = new Uint8Array(MAX_DATAGRAM_BYTES).fill(7);
  assertEquals([...new DatagramDecoder().push(encodeDatagram(largest))].map(({ length }) => length), [
    65_527,
  ]);
});
