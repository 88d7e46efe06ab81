import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { FrameDecoder, FrameType, MAX_PAYLOAD_BYTES } from "./frames.ts";
import { encodeFrame } from "./frames.ts";
import { Outbox } from "./outbox.ts";
import type { Transport } from "./transport.ts";

/** Takes writes one by one, when told to, at most so many bytes of each. */
class SlowTransport implements Transport {
  readonly writes: Uint8Array[] = [];
  readonly #most: number;
  #open: (() => void) | undefined;

  constructor(most = Infinity) {
    this.#most = most;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await new Promise<void>((resolve) => this.#open = resolve);
    const piece = bytes.slice(0, this.#most);
    this.writes.push(piece);
    return piece.length;
  }

  /** Lets the write under way pass, and whatever follows from it happen. */
  async pass(): Promise<void> {
    await settled();
    this.#open?.();
    await settled();
  }

  read(): Promise<null> {
    return Promise.resolve(null);
  }

  close(): void {}
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const control = encodeFrame({ stream: 1, type: FrameType.close, payload: new Uint8Array(0) });

Deno.test("Outbox writes what was posted in one turn at once", async () => {
  const transport = new SlowTransport();
  const outbox = new Outbox(transport, () => {});
  for (let index = 0; index < 5; index++) outbox.post(control);
  await transport.pass();
  assertEquals(transport.writes.map((bytes) => bytes.length), [5 * control.length]);
});

Deno.test("Outbox keeps every frame in order, also those beyond its buffers, over short writes", async () => {
  const transport = new SlowTransport(50_000);
  const outbox = new Outbox(transport, () => {});
  const payload = new Uint8Array(MAX_PAYLOAD_BYTES);
  for (let index = 0; index < 40; index++) {
    payload.fill(index);
    outbox.post(encodeFrame({ stream: index, type: FrameType.message, payload }));
    if (index % 8 === 0) await transport.pass();
  }
  const frames: number[][] = [];
  const decoder = new FrameDecoder();
  for (let at = 0; frames.length < 40; at++) {
    if (at === transport.writes.length) await transport.pass();
    for (const { stream, payload } of decoder.push(transport.writes[at] ?? new Uint8Array())) {
      assertEquals(payload.length, MAX_PAYLOAD_BYTES);
      frames.push([stream, payload[0] ?? -1, payload.at(-1) ?? -1]);
    }
  }
  assertEquals(frames, Array.from({ length: 40 }, (_, index) => [index, index, index]));
});

Deno.test("Outbox has room for little more than its high water, and lets senders go in their order", async () => {
  const transport = new SlowTransport();
  const outbox = new Outbox(transport, () => {});
  const bytes = new Uint8Array(MAX_PAYLOAD_BYTES - 1);
  let posted = 0;
  for (; outbox.hasRoom; posted++) outbox.postData(1, 1, bytes);
  assertTrue(posted >= 4 && posted <= 6, `${posted} frames`);
  const order: number[] = [];
  const waiting = [1, 2, 3].map((one) => outbox.room().then(() => order.push(one)));
  assertEquals(outbox.hasRoom, false);
  await transport.pass();
  await Promise.all(waiting);
  assertEquals([order, outbox.hasRoom], [[1, 2, 3], true]);
});

Deno.test("Outbox tells once of a write that failed, and holds nobody up then", async () => {
  const errors: unknown[] = [];
  const transport: Transport = {
    read: () => Promise.resolve(null),
    write: () => Promise.reject(new Error("gone")),
    close: () => {},
  };
  const outbox = new Outbox(transport, (error) => errors.push(error));
  outbox.post(control);
  await outbox.room();
  outbox.post(control);
  await settled();
  assertEquals(errors.map((error) => (error as Error).message), ["gone"]);
  assertEquals(outbox.hasRoom, true);
});
