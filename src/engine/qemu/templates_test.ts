import { join } from "node:path";
import { assertEquals, assertRejects } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { FileLock } from "../../host/lock.ts";
import { type Template, Templates } from "./templates.ts";

async function inFolder(body: (templates: Templates, folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await body(new Templates(join(folder, "templates")), join(folder, "templates"));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Writes both files. */
function save({ memory, state }: Template): Promise<void> {
  Deno.writeTextFileSync(memory, "memory");
  Deno.writeTextFileSync(state, "state");
  return Promise.resolve();
}

const never = () => Promise.reject(new Error("it was made again"));

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => !name.endsWith(".lock"))
    .sort();
}

Deno.test("Templates.get() makes a template once", async () => {
  await inFolder(async (templates, folder) => {
    const made = await templates.get("ab", save);
    assertEquals(made, {
      key: "ab",
      memory: join(folder, "ab/memory"),
      state: join(folder, "ab/state"),
      shared: join(folder, "ab/shared"),
    });
    assertEquals(await templates.get("ab", never), made);
    assertEquals(await new Templates(folder).get("ab", never), made);
    if (made) templates.drop(made);
    assertEquals(names(folder), []);
    assertEquals((await templates.get("ab", save))?.key, "ab");
  });
});

Deno.test("Templates.get() leaves nothing of one that could not be saved, or of a maker that was killed", async () => {
  await inFolder(async (templates, folder) => {
    const fail = async (files: Template) => {
      await save(files);
      throw new TypeError("no room");
    };
    await assertRejects(() => templates.get("ab", fail), TypeError, "no room");
    assertEquals(names(folder), []);
    Deno.mkdirSync(join(folder, "ab.new"));
    Deno.writeTextFileSync(join(folder, "ab.new/state"), "half");
    Deno.mkdirSync(join(folder, "cd.new"));
    assertEquals((await templates.get("ab", save))?.key, "ab");
    assertEquals(names(folder), ["ab"]);
  });
});

Deno.test("Templates.get() waits for nobody who makes the same", async () => {
  await inFolder(async (templates, folder) => {
    Deno.mkdirSync(folder);
    using _maker = FileLock.tryAcquire(join(folder, "ab.lock")) ?? null;
    assertEquals(await templates.get("ab", never), undefined);
    Deno.mkdirSync(join(folder, "cd.new"));
    using _other = FileLock.tryAcquire(join(folder, "cd.lock")) ?? null;
    await templates.get("ef", save);
    // What somebody makes is left alone.
    assertEquals(names(folder), ["cd.new", "ef"]);
  });
});

Deno.test("Templates.get() keeps the four that were used last", async () => {
  await inFolder(async (templates, folder) => {
    for (const [index, key] of ["a1", "b2", "c3", "d4"].entries()) {
      await templates.get(key, save);
      Deno.utimeSync(join(folder, key), index + 1, index + 1);
    }
    await templates.get("a1", never);
    await templates.get("e5", save);
    assertEquals(names(folder), ["a1", "c3", "d4", "e5"]);
  });
});
