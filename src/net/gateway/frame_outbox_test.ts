import { assertEquals } from "../../../tests/harness/assert.ts";
import { settled } from "../../../tests/harness/stand_in_clock.ts";
import { FrameOutbox } from "./frame_outbox.ts";

/** A VMM that takes bytes when a test lets it. */
function made() {
  const writes: { bytes: string; take: (count: number) => void; fail: (error: Error) => void }[] = [];
  const events: string[] = [];
  const outbox = new FrameOutbox({
    write: (bytes) =>
      new Promise((take, fail) => writes.push({ bytes: bytes.subarray(0, 64).toHex(), take, fail })),
  }, { room: () => events.push("room"), failed: () => events.push("failed") });
  const put = (length: number, value: number) => {
    const at = outbox.begin(length);
    if (at >= 0) outbox.memory.bytes.fill(value, at, at + length);
    return at;
  };
  return { writes, events, outbox, put };
}

Deno.test("frames of a turn are one write, those of the next wait for its end", async () => {
  const { writes, outbox, put } = made();
  put(2, 0xaa);
  put(1, 0xbb);
  outbox.flush();
  put(1, 0xcc);
  outbox.flush();
  assertEquals(writes.map(({ bytes }) => bytes), ["00000002aaaa00000001bb"]);
  writes[0]?.take(6);
  await settled();
  assertEquals(writes[1]?.bytes, "00000001bb");
  writes[1]?.take(5);
  await settled();
  assertEquals(writes[2]?.bytes, "00000001cc");
  writes[2]?.take(5);
  await settled();
  assertEquals(writes.length, 3);
});

Deno.test("there is no room beyond a buffer, and it is told when there is some", async () => {
  const { writes, outbox, put, events } = made();
  while (put(65_534, 1) >= 0) { /* Until it is full. */ }
  assertEquals(put(65_534, 1), -1);
  outbox.flush();
  assertEquals([events.length, put(65_534, 1)], [1, 4]);
  while (put(65_534, 1) >= 0) { /* The other one, too. */ }
  writes[0]?.take(16 * 65_538);
  await settled();
  assertEquals(events, ["room", "room"]);
  outbox.close();
});

Deno.test("a write that fails is told once, and nothing is written any more", async () => {
  const { writes, outbox, put, events } = made();
  put(4, 1);
  outbox.flush();
  writes[0]?.fail(new Error("gone"));
  await settled();
  assertEquals([put(4, 1), events], [-1, ["room", "failed"]]);
  outbox.flush();
  assertEquals(writes.length, 1);
});
