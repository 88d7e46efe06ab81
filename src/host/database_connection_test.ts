import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { SmolvmError } from "../error.ts";
import { DatabaseConnection } from "./database_connection.ts";

const INSERT = "INSERT INTO pets VALUES (?)";

async function withDatabase(body: (database: DatabaseConnection, path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "pets.db");
  try {
    using database = new DatabaseConnection(new DatabaseSync(path), path);
    database.exec("CREATE TABLE pets (name TEXT UNIQUE) STRICT");
    body(database, path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (database: DatabaseConnection) =>
  database.prepare("SELECT name FROM pets ORDER BY name").all().map(({ name }) => name);

Deno.test("DatabaseConnection runs statements, and does a transaction whole", () =>
  withDatabase((database) => {
    const insert = database.prepare(INSERT);
    const changes = database.transaction(() => [insert.run("rex").changes, insert.run("ace").changes]);
    assertEquals([changes, names(database)], [[1, 1], ["ace", "rex"]]);
    assertEquals({ ...database.prepare("SELECT count(*) AS n FROM pets").get() }, { n: 2 });
  }));

Deno.test("DatabaseConnection.transaction() undoes what it did before it failed, and tells that failure", () =>
  withDatabase((database, path) => {
    const insert = database.prepare(INSERT);
    const own = assertThrows(() =>
      database.transaction(() => {
        insert.run("rex");
        throw new RangeError("not today");
      }), RangeError);
    assertEquals([own.message, names(database)], ["not today", []]);
    database.exec("PRAGMA max_page_count = 4");
    // SQLite rolls a transaction back by itself when the disk is full.
    const full = assertThrows(() =>
      database.transaction(() => {
        for (let row = 0; row < 100; row++) insert.run(`${row}`.repeat(2_000));
      }), SmolvmError);
    assertEquals([full.kind, full.subject, full.reason], ["state", path, "no space is left on the disk"]);
    assertEquals([full.remedy, names(database)], [
      "free some, or set SMOLVM_HOME to a folder on another disk",
      [],
    ]);
    database.transaction(() => insert.run("ace"));
    assertEquals(names(database), ["ace"]);
  }));

Deno.test("DatabaseConnection names the file, and a lock that another process holds", () =>
  withDatabase((database, path) => {
    using other = new DatabaseSync(path);
    other.exec("BEGIN EXCLUSIVE");
    database.exec("PRAGMA busy_timeout = 1");
    const insert = database.prepare(INSERT);
    for (const call of [() => insert.run("rex"), () => insert.get("rex"), () => insert.all("rex")]) {
      const error = assertThrows(call, SmolvmError);
      assertEquals(
        error.message,
        `cannot use the database ${path}: another smolvm keeps it locked; try again`,
      );
    }
    assertThrows(() => database.transaction(() => {}), SmolvmError, "another smolvm keeps it locked");
    other.exec("COMMIT");
    insert.run("rex");
    assertThrows(() => database.prepare("no SQL"), SmolvmError, "syntax error");
  }));
