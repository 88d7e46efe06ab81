import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { plainCommand } from "../../tests/harness/plain_command.ts";
import { SmolvmError } from "../error.ts";
import { DatabaseConnection } from "../host/database_connection.ts";
import { ContainerRecords, CONTAINERS_TABLE } from "./container_records.ts";
import { CONTAINER_VERSION, type ContainerSpec } from "./container_spec.ts";

const machine = { id: "m", name: "web" };

function container(id: string, name?: string): ContainerSpec {
  const command = { ...plainCommand, argv: ["sh"] };
  return {
    version: 5,
    shares: [],
    volumes: [],
    id,
    created: "2026-01-01T00:00:00Z",
    hostname: id,
    labels: {},
    command,
    ...(name && { name }),
  };
}

function table(): { database: DatabaseConnection; records: ContainerRecords } {
  const database = new DatabaseConnection(new DatabaseSync(":memory:"), "machines.db");
  database.exec(
    `CREATE TABLE machines (id TEXT PRIMARY KEY); ${CONTAINERS_TABLE}; INSERT INTO machines VALUES ('m')`,
  );
  return { database, records: new ContainerRecords(database) };
}

Deno.test("ContainerRecords.find() takes names, ids and beginnings that mean one", () => {
  const { database, records } = table();
  records.create(machine, container("aabb00000000", "db"));
  records.create(machine, container("aacc00000000"));
  assertEquals(records.find(machine, "db").spec.id, "aabb00000000");
  assertEquals(records.find(machine, "aac").spec.id, "aacc00000000");
  assertThrows(() => records.find(machine, "aa"), SmolvmError, "2 ids begin so: aabb00000000, aacc00000000");
  assertThrows(() => records.find(machine, "x"), SmolvmError, "there is none in web");
  assertThrows(
    () => records.create(machine, container("dd0000000000", "db")),
    SmolvmError,
    "one of that name",
  );
  database.close();
});

Deno.test("ContainerRecords.endRuns() ends what nobody has ended, and nothing else", () => {
  const { database, records } = table();
  for (const id of ["a", "b", "c"]) records.create(machine, container(id));
  const run = { startedAt: "2026-01-01T00:00:00Z" };
  const end = { at: "2026-01-01T00:00:01Z", exitCode: 0 };
  records.setRun("a", run);
  records.setRun("b", { ...run, end });
  records.endRuns("m", "its VM ended");
  assertEquals(records.list("m").map(({ run }) => run?.end?.failure ?? run?.end?.exitCode), [
    "its VM ended",
    0,
    undefined,
  ]);
  database.close();
});

Deno.test("a container from a newer smolvm hides no other, and is refused by its version when it is named", () => {
  const { database, records } = table();
  records.create(machine, container("aabb00000000", "db"));
  records.create(machine, container("ccdd00000000"));
  database.exec(`UPDATE containers SET spec = '{"version":99}' WHERE name = 'db'`);
  assertEquals(records.list("m").map(({ spec }) => spec.id), ["ccdd00000000"]);
  for (const word of ["db", "aabb00000000"]) {
    const error = assertThrows(() => records.find(machine, word), SmolvmError, "cannot read the container");
    assertEquals(error.reason, `a newer smolvm wrote it (version 99, this one knows ${CONTAINER_VERSION})`);
  }
  database.close();
});

Deno.test("a run that cannot be read hides no container: it has ended in a way nobody knows", () => {
  const { database, records } = table();
  records.create(machine, container("aabb00000000"));
  for (const json of ["{", '{"startedAt":5}']) {
    database.prepare("UPDATE containers SET run = ?").run(json);
    assertEquals(records.list("m")[0]?.run?.end?.failure, "the record of its runs was lost");
  }
  database.close();
});
