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

Deno.test("FileLock holds the file of its name, though others remove it all the time", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/lock`;
  const program = `
    import ${JSON.stringify(import.meta.resolve("../../tests/harness/open_libc.ts"))};
    import { FileLock } from ${JSON.stringify(import.meta.resolve("./lock.ts"))};
    for (let round = 0; round < 300; round++) {
      using lock = FileLock.tryAcquire(${JSON.stringify(path)});
      if (!lock) continue;
      Deno.mkdirSync(${JSON.stringify(`${folder}/held`)});
      Deno.removeSync(${JSON.stringify(`${folder}/held`)});
      Deno.removeSync(${JSON.stringify(path)});
    }`;
  try {
    const args = ["eval", program];
    const children = Array.from(
      { length: 3 },
      () => new Deno.Command(Deno.execPath(), { args, stderr: "piped" }).output(),
    );
    for (const { code, stderr } of await Promise.all(children)) {
      assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
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
