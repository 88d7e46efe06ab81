import { join } from "node:path";
import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { FileLock } from "./lock.ts";
import { LockFolder } from "./lock_folder.ts";

async function inFolder(body: (locks: LockFolder, folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(new LockFolder(join(folder, "locks")), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("LockFolder keeps holders of one name apart, and of two names not", async () => {
  await inFolder((locks) => {
    using held = locks.tryAcquire("a");
    using other = locks.tryAcquire("b");
    assertTrue(held && other);
    assertEquals(locks.tryAcquire("a", { shared: true }), undefined);
    assertEquals(locks.names().sort(), ["a", "b"]);
  });
});

Deno.test("LockFolder.acquire() waits, says so once, and gets the lock", async () => {
  await inFolder(async (locks) => {
    let waits = 0;
    const first = await locks.acquire("a");
    setTimeout(() => first[Symbol.dispose](), 60);
    using second = await locks.acquire("a", { onWait: () => waits++ });
    assertTrue(second);
    assertEquals(waits, 1);
    await assertRejects(
      () => locks.acquire("a", { shared: true, signal: AbortSignal.timeout(30) }),
      DOMException,
      "timed out",
    );
  });
});

Deno.test("LockFolder.discard() deletes the file, but never while somebody takes a lock", async () => {
  await inFolder((locks, folder) => {
    using _held = locks.tryAcquire("a");
    using taking = FileLock.tryAcquire(join(folder, "locks", "guard"), { shared: true });
    locks.discard("a");
    assertEquals(locks.names(), ["a"]);
    taking?.[Symbol.dispose]();
    locks.discard("a");
    assertEquals(locks.names(), []);
  });
});
