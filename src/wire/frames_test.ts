import fc from "fast-check";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { encodeFrame, FrameDecoder, FrameType, MAX_PAYLOAD_BYTES, ProtocolError } from "./frames.ts";

const frames = fc.array(
  fc.record({
    stream: fc.integer({ min: 0, max: 0xffffffff }),
    type: fc.constantFrom(...Object.values(FrameType)),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.constant(new Uint8Array(MAX_PAYLOAD_BYTES).fill(7)),
    ),
  }),
  { maxLength: 12 },
);

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("FrameDecoder gives back what was encoded, however it is cut, read in place or elsewhere", () => {
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 70_000 }), fc.boolean(), (sent, cut, inPlace) => {
      const bytes = join(sent.map(encodeFrame));
      const decoder = new FrameDecoder();
      const got = [];
      for (let at = 0; at < bytes.length; at += cut) {
        const piece = bytes.subarray(at, at + cut);
        if (inPlace) decoder.space.set(piece);
        for (const frame of inPlace ? decoder.take(piece.length) : decoder.push(piece)) {
          got.push({ ...frame, payload: frame.payload.slice() });
        }
      }
      assertEquals(
        got.map((frame) => encodeFrame(frame).toHex()),
        sent.map((one) => encodeFrame(one).toHex()),
      );
      assertEquals(decoder.rest.length, 0);
    }),
    { numRuns: 40 },
  );
});

Deno.test("FrameDecoder.rest begins with the frame that broke the rules, or that its reader refused", () => {
  const good = encodeFrame({ stream: 1, type: FrameType.end, payload: Uint8Array.of(1) });
  const bad = new Uint8Array(100_000).fill(1);
  const decoder = new FrameDecoder();
  decoder.space.set(join([good, new Uint8Array(9), bad]));
  assertThrows(
    () => [...decoder.take(good.length + 9 + bad.length)],
    ProtocolError,
    "type 0",
  );
  assertEquals(decoder.rest.length, 9 + bad.length);

  const refused = new FrameDecoder();
  for (const _ of refused.push(join([good, good]))) break;
  assertEquals(refused.rest.length, 2 * good.length);
});

Deno.test("encodeFrame() refuses a payload above the limit", () => {
  const payload = new Uint8Array(MAX_PAYLOAD_BYTES + 1);
  assertThrows(() => encodeFrame({ stream: 1, type: FrameType.data, payload }), RangeError, "at most");
});
