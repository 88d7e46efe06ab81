import { DatabaseSync } from "node:sqlite";
import { assertEquals } from "../../../tests/harness/assert.ts";
import { DatabaseConnection } from "../../host/database_connection.ts";
import { defaultConfig } from "../model/config.ts";
import type { Digest } from "../model/image.ts";
import { guestPlatform } from "../model/platform.ts";
import { type ImageFacts, ImageRecords, MIGRATIONS } from "./records.ts";

const a: Digest = `sha256:${"a".repeat(64)}`;
const b: Digest = `sha256:${"ab".repeat(32)}`;

function facts(id: Digest, stored = "2026-01-01T00:00:00Z"): ImageFacts {
  return { id, diskBytes: 4096, stored, source: "registry", config: defaultConfig(guestPlatform("x86_64")) };
}

function withRecords(body: (records: ImageRecords) => void): void {
  const database = new DatabaseConnection(new DatabaseSync(":memory:"), "images.db");
  try {
    for (const migration of MIGRATIONS) database.exec(migration);
    body(new ImageRecords(database));
  } finally {
    database.close();
  }
}

Deno.test("ImageRecords gives back what was put, newest first", () => {
  withRecords((records) => {
    records.put(facts(a), ["r/x:2", "r/x:1"]);
    records.put(facts(b, "2026-02-02T00:00:00Z"), []);
    assertEquals(records.byReference("r/x:1"), { facts: facts(a), references: ["r/x:1", "r/x:2"] });
    assertEquals(records.list().map(({ facts }) => facts.id), [b, a]);
    assertEquals([records.get(b)?.references, records.byReference("r/y:1")], [[], undefined]);
  });
});

Deno.test("ImageRecords moves a reference from one image to another", () => {
  withRecords((records) => {
    records.put(facts(a), ["r/x:1"]);
    records.put(facts(b), ["r/x:1"]);
    assertEquals([records.get(a)?.references, records.get(b)?.references], [[], ["r/x:1"]]);
    assertEquals(records.addReferences(a, ["r/x:1"]), true);
    assertEquals(records.byReference("r/x:1")?.facts.id, a);
    assertEquals(records.addReferences(`sha256:${"0".repeat(64)}`, ["r/x:1"]), false);
    records.put(facts(a, "2027-01-01T00:00:00Z"), []);
    assertEquals(records.byReference("r/x:1")?.facts.stored, "2027-01-01T00:00:00Z");
  });
});

Deno.test("ImageRecords finds ids by how they begin, and forgets", () => {
  withRecords((records) => {
    records.put(facts(a), ["r/x:1"]);
    records.put(facts(b), ["r/x:2"]);
    assertEquals(records.idsByPrefix("a").length, 2);
    assertEquals(records.idsByPrefix("ab"), [b]);
    records.removeReference("r/x:2");
    records.remove(a);
    assertEquals(records.list(), [{ facts: facts(b), references: [] }]);
    assertEquals(records.byReference("r/x:1"), undefined);
  });
});
