import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { FrameType, MAX_PAYLOAD_BYTES, ProtocolError } from "./frames.ts";
import { MAX_OPEN_BYTES, openFrames, OpenParts } from "./long_open.ts";

function joined(length: number): [Uint8Array, number[]] {
  const parts = new OpenParts();
  const frames = openFrames(7, new Uint8Array(length).map((_, index) => index % 251));
  for (const frame of frames.slice(0, -1)) parts.take(frame);
  const [last] = frames.slice(-1);
  return [last ? parts.whole(last) : new Uint8Array(0), frames.map(({ type }) => type)];
}

Deno.test("openFrames() is one frame for what fits into one, and OpenParts joins what does not", () => {
  const { open, openPart } = FrameType;
  const cases: [number, number[]][] = [
    [0, [open]],
    [MAX_PAYLOAD_BYTES, [open]],
    [MAX_PAYLOAD_BYTES + 1, [openPart, open]],
    [3 * MAX_PAYLOAD_BYTES, [openPart, openPart, open]],
  ];
  for (const [length, types] of cases) {
    const [json, found] = joined(length);
    assertEquals(found, types);
    assertEquals([json.length, json.every((byte, index) => byte === index % 251)], [length, true]);
  }
});

Deno.test("OpenParts refuses an open within another, and one that is too long", () => {
  const payload = new Uint8Array(MAX_PAYLOAD_BYTES);
  const parts = new OpenParts();
  parts.take({ stream: 1, type: FrameType.openPart, payload });
  assertThrows(
    () => parts.whole({ stream: 2, type: FrameType.open, payload }),
    ProtocolError,
    "stream 2 opened within the open of stream 1",
  );
  const pieces = Math.floor(MAX_OPEN_BYTES / MAX_PAYLOAD_BYTES);
  for (let piece = 1; piece < pieces; piece++) parts.take({ stream: 1, type: FrameType.openPart, payload });
  assertThrows(
    () => parts.take({ stream: 1, type: FrameType.openPart, payload }),
    ProtocolError,
    "more than 16777216 bytes",
  );
});
