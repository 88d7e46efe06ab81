import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { readRows } from "./read_rows.ts";

async function inFolder(test: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

function make(path: string, journal: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = ${journal}; CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('one')`);
  return database;
}

const read = (path: string) =>
  readRows(path, "SELECT a FROM t WHERE a > ? ORDER BY a", "a").map(({ a }) => a);

for (const journal of ["wal", "delete"]) {
  Deno.test(`readRows() leaves nothing beside a file with the journal ${journal}`, () =>
    inFolder((folder) => {
      const path = `${folder}/50% of #1?.db`;
      make(path, journal).close();
      assertEquals(read(path), ["one"]);
      assertEquals(names(folder), ["50% of #1?.db"]);
    }));
}

Deno.test("readRows() sees what a process that has the file open has just written", () =>
  inFolder((folder) => {
    using database = make(`${folder}/t.db`, "wal");
    database.exec("INSERT INTO t VALUES ('two')");
    assertEquals(read(`${folder}/t.db`), ["one", "two"]);
  }));

Deno.test("readRows() takes no lock that a writer would wait for, and waits for none", () =>
  inFolder((folder) => {
    using database = make(`${folder}/t.db`, "delete");
    database.exec("BEGIN EXCLUSIVE");
    assertEquals(read(`${folder}/t.db`), ["one"]);
    database.exec("INSERT INTO t VALUES ('two')");
    assertThrows(() => read(`${folder}/t.db`), Error, "locked");
    database.exec("COMMIT");
    assertEquals(read(`${folder}/t.db`), ["one", "two"]);
  }));

Deno.test("readRows() makes no file where there is none, and refuses one that is no database", () =>
  inFolder((folder) => {
    assertThrows(() => read(`${folder}/t.db`), Error);
    assertEquals(names(folder), []);
    Deno.writeTextFileSync(`${folder}/t.db`, "words ".repeat(1000));
    assertThrows(() => read(`${folder}/t.db`), Error);
    assertEquals(names(folder), ["t.db"]);
  }));
