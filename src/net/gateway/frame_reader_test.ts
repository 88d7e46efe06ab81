import fc from "fast-check";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { framed } from "../../../tests/harness/frame_guest.ts";
import { FrameReader, FramingError, MAX_FRAME_BYTES } from "./frame_reader.ts";

Deno.test("frames come whole and in order, however the stream is cut", () => {
  const frames = fc.array(
    fc.oneof(
      fc.uint8Array({ minLength: 14, maxLength: 90 }),
      fc.integer({ min: 14, max: MAX_FRAME_BYTES }).map((length) =>
        new Uint8Array(length).fill(length & 255)
      ),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 150_000 }), { minLength: 1 }), (some, cuts) => {
      const stream = framed(some);
      const reader = new FrameReader();
      const seen: number[] = [];
      for (let at = 0, cut = 0; at < stream.length; cut++) {
        const space = reader.space();
        const piece = stream.subarray(at, at + Math.min(space.length, cuts[cut % cuts.length] ?? 1));
        space.set(piece);
        at += piece.length;
        reader.take(piece.length, (bytes, from, to) => {
          const frame = some[seen.length] ?? new Uint8Array(0);
          seen.push(to - from);
          assertEquals([bytes[from], bytes[to - 1]], [frame[0], frame.at(-1)]);
        });
      }
      assertEquals(seen, some.map(({ length }) => length));
    }),
    { numRuns: 50 },
  );
});

Deno.test("a reader that was stopped goes on with the next frame, and then reads on", () => {
  const reader = new FrameReader();
  const seen: number[] = [];
  const one = (_bytes: Uint8Array, from: number, to: number) => seen.push(to - from) > 0;
  const stream = framed([new Uint8Array(14), new Uint8Array(20), new Uint8Array(30)]);
  reader.space().set(stream.subarray(0, 50));
  assertEquals([reader.take(50, one), seen], [false, [14]]);
  assertEquals([reader.take(0, one), seen], [false, [14, 20]]);
  assertEquals([reader.take(0, one), seen], [true, [14, 20]]);
  reader.space().set(stream.subarray(50));
  assertEquals([reader.take(stream.length - 50, one), reader.take(0, one), seen], [false, true, [
    14,
    20,
    30,
  ]]);
});

Deno.test("a length that no frame has ends the reading", () => {
  for (const length of [0, 13, MAX_FRAME_BYTES + 1, 0xffffffff]) {
    const reader = new FrameReader();
    new DataView(reader.space().buffer).setUint32(0, length);
    assertThrows(() => reader.take(4, () => {}), FramingError, String(length));
  }
});
