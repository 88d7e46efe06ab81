import fc from "fast-check";
import { assertEquals, assertThrows, assertTrue } from "../../tests/harness/assert.ts";
import { INITIAL_CREDIT } from "./credit.ts";
import { ProtocolError } from "./frames.ts";
import { Inbox } from "./inbox.ts";

Deno.test("Inbox gives the bytes back in order while they go round, and keeps what a reader holds", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: INITIAL_CREDIT / 4 }), { minLength: 30, maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      async (sizes, readEvery) => {
        const inbox = new Inbox();
        let [sent, got, granted] = [0, 0, INITIAL_CREDIT];
        const read = async (): Promise<void> => {
          granted += inbox.release();
          if (got === sent) return;
          const bytes = await inbox.read();
          assertEquals(bytes?.every((byte, index) => byte === (got + index) % 251), true);
          got += bytes?.length ?? 0;
        };
        for (const [index, size] of sizes.entries()) {
          while (granted < size) await read();
          inbox.push(Uint8Array.from({ length: size }, (_, at) => (sent + at) % 251));
          sent += size;
          granted -= size;
          if (index % readEvery === 0) await read();
        }
        while (got < sent) await read();
        inbox.end();
        inbox.release();
        assertEquals(await inbox.read(), null);
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("Inbox takes exactly its credit, and more once bytes were consumed", async () => {
  const inbox = new Inbox();
  inbox.push(new Uint8Array(INITIAL_CREDIT));
  assertThrows(() => inbox.push(Uint8Array.of(1)), ProtocolError, "with credit for 0");
  await inbox.read();
  assertThrows(() => inbox.push(Uint8Array.of(1)), ProtocolError, "with credit for 0");
  assertEquals(inbox.release(), INITIAL_CREDIT);
  inbox.push(new Uint8Array(INITIAL_CREDIT));
});

Deno.test("Inbox.abort() drops what nobody read", async () => {
  const inbox = new Inbox();
  inbox.push(Uint8Array.of(1));
  inbox.abort();
  assertEquals([inbox.release(), await inbox.read()], [0, null]);
});

/** Bytes of array buffers that this process has, those included that were not collected yet. */
function buffers(): number {
  return Deno.memoryUsage().external;
}

Deno.test("channels that were used and are empty keep no memory, and those in use no more than they need", async () => {
  const [many, few] = [new Uint8Array(100_000), new Uint8Array(100)];
  const before = buffers();
  const inboxes = Array.from({ length: 512 }, () => new Inbox());
  for (const inbox of inboxes) {
    inbox.push(many);
    assertEquals((await inbox.read())?.length, 100_000);
    inbox.release();
  }
  // A ring for each would be 128 MiB.
  assertTrue(buffers() - before < 8 << 20, `${buffers() - before} bytes for empty channels`);
  for (const inbox of inboxes) inbox.push(few);
  assertTrue(buffers() - before < 12 << 20, `${buffers() - before} bytes for channels with 100 bytes each`);
  inboxes.forEach((inbox) => inbox.abort());
});

Deno.test("Inbox.abort() leaves the bytes that a reader holds alone, whoever comes then", async () => {
  const inbox = new Inbox();
  inbox.push(new Uint8Array(10_000).fill(1));
  const held = await inbox.read();
  inbox.abort();
  const other = new Inbox();
  other.push(new Uint8Array(INITIAL_CREDIT).fill(2));
  assertTrue(held?.every((byte) => byte === 1));
});
