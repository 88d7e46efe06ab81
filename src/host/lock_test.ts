import { assertEquals, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { SmolvmError } from "../error.ts";
import { FileLock } from "./lock.ts";

Deno.test("FileLock keeps a second holder out until it is released", async () => {
  const path = await Deno.makeTempFile();
  try {
    const first = FileLock.tryAcquire(path);
    assertTrue(first);
    assertEquals(FileLock.tryAcquire(path), undefined);
    assertEquals(FileLock.tryAcquire(path, { shared: true }), undefined);
    first[Symbol.dispose]();
    using second = await FileLock.acquire(path);
    assertTrue(second);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("FileLock.acquire() ends when its signal fires", async () => {
  const path = await Deno.makeTempFile();
  try {
    using _held = FileLock.tryAcquire(path);
    await assertRejects(
      () => FileLock.acquire(path, { signal: AbortSignal.timeout(20) }),
      SmolvmError,
      "another smolvm holds it",
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("FileLock of a killed process is free", async () => {
  const path = await Deno.makeTempFile();
  const program = `
    import { FileLock } from ${JSON.stringify(import.meta.resolve("./lock.ts"))};
    globalThis.held = FileLock.tryAcquire(${JSON.stringify(path)});
    console.log("held"); setTimeout(() => {}, 60_000);`;
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", program], stdout: "piped" }).spawn();
  try {
    const reader = child.stdout.getReader();
    await reader.read();
    assertEquals(FileLock.tryAcquire(path), undefined);
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    using lock = FileLock.tryAcquire(path);
    assertTrue(lock);
  } finally {
    await Deno.remove(path);
  }
});
