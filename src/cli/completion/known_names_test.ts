import { assertEquals } from "../../../tests/harness/assert.ts";
import "../../../tests/harness/open_libc.ts";
import { standInPayload } from "../../../tests/harness/stand_in_payload.ts";
import { openDatabase } from "../../host/database.ts";
import { knownNames } from "./known_names.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("knownNames() leaves out what cannot be read, and what a shell would take for more than a word", () =>
  inFolder(async (folder) => {
    const { database } = await openDatabase(`${folder}/machines.db`, [
      `CREATE TABLE machines (id TEXT, name TEXT); CREATE TABLE containers (id TEXT, machine TEXT, name TEXT);
       INSERT INTO machines VALUES ('1', 'web'), ('2', '$(reboot)'), ('3', 'a b');
       INSERT INTO containers VALUES ('c1', '1', NULL), ('c2', '1', 'api'), ('c3', '1', 'x;y'), ('c4', '2', 'z')`,
    ], "delete");
    database.close();
    await Deno.writeTextFile(`${folder}/images.db`, "words");
    const paths = { data: folder, cache: `${folder}/cache`, runtime: `${folder}/run` };
    const known = knownNames(() => ({ paths, payload: standInPayload(folder) }));
    assertEquals(known.machines(), ["web"]);
    assertEquals(known.containers("web"), [{ id: "c2", name: "api" }, { id: "c1" }]);
    assertEquals(known.containers("none"), []);
    Deno.mkdirSync(`${folder}/volumes/cache`, { recursive: true });
    assertEquals(known.volumes(), ["cache"]);
    assertEquals(await known.images(), { references: ["docker.io/library/alpine:latest"], ids: [] });
  }));

Deno.test("knownNames() knows none where there is no home, and no parts", async () => {
  const known = knownNames(() => {
    throw new Error("no home is to be found");
  });
  assertEquals([known.machines(), known.containers("web"), known.volumes()], [[], [], []]);
  assertEquals(await known.images(), { references: [], ids: [] });
});
