import { DatabaseSync } from "node:sqlite";
import { assertEquals } from "../../tests/harness/assert.ts";
import * as errors from "./database_error.ts";

/** The error of a call that must fail. */
function failure(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("the call did not fail");
}

/** Two connections to one database, of which the second waits for nothing. */
function withTwo(body: (one: DatabaseSync, two: DatabaseSync, folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  const one = new DatabaseSync(`${folder}/pets.db`);
  one.exec("CREATE TABLE pets (name TEXT UNIQUE); INSERT INTO pets VALUES ('rex')");
  const two = new DatabaseSync(`${folder}/pets.db`);
  two.exec("PRAGMA busy_timeout = 1");
  try {
    body(one, two, folder);
  } finally {
    one.close();
    two.close();
    Deno.removeSync(folder, { recursive: true });
  }
}

const INSERT = "INSERT INTO pets VALUES (hex(randomblob(2000)))";

Deno.test("sqliteCode() tells a lock that another connection holds, by statement and by script", () =>
  withTwo((one, two) => {
    one.exec("BEGIN EXCLUSIVE");
    for (const call of [() => two.prepare(INSERT).run(), () => two.exec(INSERT)]) {
      assertEquals(errors.sqliteCode(failure(call)), errors.SQLITE_BUSY);
    }
  }));

Deno.test("sqliteCode() tells a full database, by statement and by script", () =>
  withTwo((one) => {
    one.exec("PRAGMA max_page_count = 3");
    const fill = (insert: () => void) => () => {
      for (let row = 0; row < 100; row++) insert();
    };
    for (const insert of [() => void one.prepare(INSERT).run(), () => one.exec(INSERT)]) {
      assertEquals(errors.sqliteCode(failure(fill(insert))), errors.SQLITE_FULL);
    }
  }));

Deno.test("sqliteCode() tells a read-only database, a missing folder, and a file that is none", () =>
  withTwo((_one, _two, folder) => {
    using readOnly = new DatabaseSync(`${folder}/pets.db`, { readOnly: true });
    for (const call of [() => readOnly.prepare(INSERT).run(), () => readOnly.exec(INSERT)]) {
      assertEquals(errors.sqliteCode(failure(call)), errors.SQLITE_READONLY);
    }
    const open = (name: string) => () => {
      using database = new DatabaseSync(`${folder}/${name}`);
      database.prepare("SELECT * FROM sqlite_master").all();
    };
    assertEquals(errors.sqliteCode(failure(open("none/pets.db"))), errors.SQLITE_CANTOPEN);
    Deno.writeTextFileSync(`${folder}/text.db`, "no database".repeat(500));
    assertEquals(errors.sqliteCode(failure(open("text.db"))), errors.SQLITE_NOTADB);
  }));

Deno.test("sqliteCode() knows an extended code by its lowest byte, and no error but SQLite's", () =>
  withTwo((one) => {
    const twice = failure(() => one.prepare("INSERT INTO pets VALUES ('rex')").run());
    assertEquals([errors.sqliteCode(twice), errors.sqliteWords(twice)], [
      19,
      { reason: "UNIQUE constraint failed: pets.name" },
    ]);
    assertEquals(errors.sqliteCode(failure(() => one.exec("no SQL"))), 1);
    const io = Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 4874 });
    assertEquals(errors.sqliteCode(io), errors.SQLITE_IOERR);
    for (const other of [new Error("database is locked"), "database is locked", undefined]) {
      assertEquals([errors.sqliteCode(other), errors.sqliteWords(other)], [undefined, undefined]);
    }
  }));

Deno.test("sqliteWords() says of each fault what it is, and what helps", () => {
  const said = (errcode: number) =>
    errors.sqliteWords(Object.assign(new Error("x"), { code: "ERR_SQLITE_ERROR", errcode }))?.reason;
  assertEquals([5, 8, 10, 11, 13, 14, 26].map(said), [
    "another smolvm keeps it locked",
    "it is read-only",
    "the disk reports an error",
    "it is damaged",
    "no space is left on the disk",
    "its file or the folder of it cannot be opened",
    "it is damaged",
  ]);
});
