import { assertEquals } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { FileLock } from "../host/lock.ts";
import { holderOf, holderWords, isHeld, writeHolder } from "./holder.ts";

Deno.test("isHeld() goes by the lock, and holderOf() by what its holder wrote", async () => {
  const lock = `${await Deno.makeTempDir()}/lock`;
  assertEquals(isHeld({ lock }), false);
  {
    using _held = FileLock.tryAcquire(lock);
    writeHolder({ lock }, "web");
    assertEquals(isHeld({ lock }), true);
    const holder = await holderOf({ lock });
    assertEquals([holder?.pid, holder?.machine], [Deno.pid, "web"]);
  }
  assertEquals(isHeld({ lock }), false);
  await Deno.remove(lock.slice(0, -"/lock".length), { recursive: true });
});

Deno.test("holderOf() does not take a process that is gone for the holder", async () => {
  const lock = await Deno.makeTempFile();
  Deno.writeTextFileSync(lock, JSON.stringify({ pid: Deno.pid, started: "never", machine: "old" }));
  assertEquals(await holderOf({ lock }), undefined);
  // The new holder writes a moment after it has the lock.
  const found = holderOf({ lock });
  writeHolder({ lock }, undefined);
  assertEquals((await found)?.machine, undefined);
  await Deno.remove(lock);
});

Deno.test("holderWords() names a machine, a run, or neither", () => {
  const words = [{ pid: 7, started: "1", machine: "web" }, { pid: 7, started: "1" }, undefined].map(
    holderWords,
  );
  assertEquals(words.map(({ who }) => who), ["the machine web", "a run (process 7)", "another VM"]);
  assertEquals(words[0]?.remedy, "stop it with smolvm microvm stop web");
});
