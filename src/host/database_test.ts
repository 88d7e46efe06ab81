import { join } from "node:path";
import { assertEquals, assertMatch, assertRejects, assertTrue } from "../../tests/harness/assert.ts";
import "../../tests/harness/open_libc.ts";
import { SmolvmError } from "../error.ts";
import { openDatabase } from "./database.ts";

const first = "CREATE TABLE pets (name TEXT PRIMARY KEY) STRICT";
const second = "ALTER TABLE pets ADD COLUMN legs INTEGER";

async function inFolder(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(join(folder, "sub", "pets.db"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openDatabase() makes a private file and brings it up to date", async () => {
  await inFolder(async (path) => {
    const { database } = await openDatabase(path, [first]);
    database.exec("INSERT INTO pets VALUES ('rex')");
    database.close();
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);

    const { database: again, damagedFile } = await openDatabase(path, [first, second]);
    assertEquals({ ...again.prepare("SELECT * FROM pets").get() }, { name: "rex", legs: null });
    assertEquals(again.prepare("PRAGMA journal_mode").get()?.["journal_mode"], "wal");
    assertEquals(damagedFile, undefined);
    again.close();
  });
});

Deno.test("openDatabase() refuses what a newer smolvm wrote", async () => {
  await inFolder(async (path) => {
    (await openDatabase(path, [first, second])).database.close();
    const error = await assertRejects(
      () => openDatabase(path, [first]),
      SmolvmError,
      "a newer smolvm wrote it",
    );
    assertEquals(error.kind, "state");
  });
});

Deno.test("openDatabase() keeps a damaged file aside and starts afresh", async () => {
  await inFolder(async (path) => {
    (await openDatabase(path, [first])).database.close();
    const bytes = await Deno.readFile(path);
    for (const damage of [new TextEncoder().encode("not a database at all"), bytes.slice(0, 5000)]) {
      await Deno.writeFile(path, damage);
      const { database, damagedFile } = await openDatabase(path, [first]);
      assertEquals(database.prepare("SELECT count(*) AS n FROM pets").get()?.["n"], 0);
      database.close();
      assertMatch(damagedFile ?? "", /pets\.db\.damaged-\d{17}$/);
      assertEquals(await Deno.readFile(damagedFile ?? ""), damage as Uint8Array<ArrayBuffer>);
    }
  });
});

Deno.test("openDatabase() migrates once when many open at once", async () => {
  await inFolder(async (path) => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => openDatabase(path, [first, second])));
    for (const [at, { database }] of opened.entries()) {
      database.prepare("INSERT INTO pets (name) VALUES (?)").run(`pet${at}`);
    }
    assertEquals(opened[0]?.database.prepare("SELECT count(*) AS n FROM pets").get()?.["n"], 8);
    for (const { database } of opened) database.close();
  });
});

Deno.test("openDatabase() changes the journal of a file that has another one", async () => {
  await inFolder(async (path) => {
    const { database } = await openDatabase(path, [first]);
    database.exec("INSERT INTO pets VALUES ('rex')");
    database.close();
    const { database: again } = await openDatabase(path, [first], "delete");
    assertEquals(again.prepare("PRAGMA journal_mode").get()?.["journal_mode"], "delete");
    assertEquals({ ...again.prepare("SELECT * FROM pets").get() }, { name: "rex" });
    assertEquals([...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))].map(({ name }) => name).sort(), [
      "pets.db",
      "pets.db.lock",
    ]);
    again.close();
  });
});

Deno.test("openDatabase() says why a file cannot be opened", async () => {
  await inFolder(async (path) => {
    await Deno.mkdir(path, { recursive: true });
    const error = await assertRejects(() => openDatabase(path, [first]), SmolvmError);
    assertEquals(
      error.message,
      `cannot open the database ${path}: Is a directory; ` +
        "make it and its folder writable, or set SMOLVM_HOME to another folder",
    );
    assertTrue(error.cause);
  });
});
