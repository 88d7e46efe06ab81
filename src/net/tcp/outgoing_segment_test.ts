import { assertEquals } from "../../../tests/harness/assert.ts";
import { TcpFlag, type TcpSegment } from "../packet/tcp_segment.ts";
import { resetFor } from "./outgoing_segment.ts";

const segment = (flags: number, length = 0): TcpSegment => ({
  sourcePort: 1,
  destinationPort: 2,
  sequence: 0xfffffffe,
  acknowledgment: 77,
  flags,
  window: 0,
  dataAt: 0,
  dataEnd: length,
});

Deno.test("resetFor() resets what belongs to no connection as RFC 9293 wants it", () => {
  const { syn, ack, fin, rst } = TcpFlag;
  assertEquals(resetFor(segment(rst)), undefined);
  assertEquals(resetFor(segment(ack, 5)), { flags: rst, sequence: 77, acknowledgment: 0, window: 0 });
  assertEquals(resetFor(segment(syn)), {
    flags: rst | ack,
    sequence: 0,
    acknowledgment: 0xffffffff,
    window: 0,
  });
  assertEquals(resetFor(segment(syn | fin, 3)), {
    flags: rst | ack,
    sequence: 0,
    acknowledgment: 3,
    window: 0,
  });
});
