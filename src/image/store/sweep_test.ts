import { join } from "node:path";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { a, b, inFolder, names, recordOf, store } from "../../../tests/harness/image_disks.ts";
import type { Digest } from "../model/image.ts";
import type { ImageRecord } from "./record_codec.ts";
import { sweep } from "./sweep.ts";

/** A table that remembers in which order it was told what. */
function table(rows: readonly ImageRecord[] = []) {
  const told: string[] = [];
  return {
    told,
    has: (id: Digest) => rows.some(({ facts }) => facts.id === id),
    put: ({ id }: ImageRecord["facts"], references: readonly string[]) =>
      void told.push(`put ${id.slice(7, 8)} ${references}`),
    remove: (id: Digest) => void told.push(`remove ${id.slice(7, 8)}`),
  };
}

Deno.test("sweep() takes in again what the table has lost, the last stored one last", async () => {
  await inFolder((disks) => {
    store(disks, recordOf(a, ["r/x:1"], "2026-02-02"));
    store(disks, recordOf(b, ["r/x:1"], "2026-01-01"));
    const lost = table();
    sweep(disks, lost);
    assertEquals(lost.told, ["put b r/x:1", "put a r/x:1"]);
    const whole = table([recordOf(a), recordOf(b)]);
    sweep(disks, whole);
    assertEquals(whole.told, []);
  });
});

Deno.test("sweep() puts an image with a damaged record aside, and removePutAside() deletes it", async () => {
  await inFolder((disks, folder) => {
    for (const damage of ["", "scribbled over", JSON.stringify({ facts: { id: a } })]) {
      store(disks, recordOf(a));
      Deno.writeTextFileSync(join(folder, a.slice(7), "image.json"), damage);
      const lost = table();
      sweep(disks, lost);
      sweep(disks, lost);
      assertEquals(lost.told, ["remove a"]);
      assertEquals(names(folder), [`${a.slice(7)}.damaged`, "locks"]);
      assertEquals(Deno.readTextFileSync(join(folder, `${a.slice(7)}.damaged`, "image.json")), damage);
    }
    assertEquals(disks.removePutAside(), 4);
    assertEquals(names(folder), ["locks"]);
  });
});

Deno.test("sweep() leaves alone what a newer smolvm stored, and what is in use", async () => {
  await inFolder((disks, folder) => {
    store(disks, recordOf(a));
    Deno.writeTextFileSync(
      join(folder, a.slice(7), "image.json"),
      JSON.stringify({ facts: { version: 99 }, references: [] }),
    );
    using _lock = disks.locks.tryAcquire(b.slice(7));
    disks.begin(b.slice(7));
    const lost = table();
    sweep(disks, lost);
    assertEquals([lost.told, disks.holds(a, 4)], [[], true]);
    assertEquals(names(folder), [a.slice(7), `${b.slice(7)}.building`, "locks"]);
  });
});
