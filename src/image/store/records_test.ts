import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { DatabaseConnection } from "../../host/database_connection.ts";
import { defaultConfig } from "../model/config.ts";
import type { Digest } from "../model/image.ts";
import { guestPlatform } from "../model/platform.ts";
import type { ImageFacts } from "./record_codec.ts";
import { ImageRecords, MIGRATIONS } from "./records.ts";

const a: Digest = `sha256:${"a".repeat(64)}`;
const b: Digest = `sha256:${"ab".repeat(32)}`;

function facts(id: Digest, stored = "2026-01-01T00:00:00Z"): ImageFacts {
  return { id, diskBytes: 4096, stored, source: "registry", config: defaultConfig(guestPlatform("x86_64")) };
}

function withRecords(body: (records: ImageRecords, database: DatabaseConnection) => void): void {
  const database = new DatabaseConnection(new DatabaseSync(":memory:"), "images.db");
  try {
    for (const migration of MIGRATIONS) database.exec(migration);
    body(new ImageRecords(database), database);
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

Deno.test("ImageRecords takes a damaged row for none, until the image is put again", () => {
  withRecords((records, database) => {
    records.put(facts(a), ["r/x:1"]);
    records.put(facts(b), ["r/x:2"]);
    database.prepare("UPDATE images SET facts = '{}' WHERE id = ?").run(a);
    assertEquals([records.get(a), records.has(a), records.byReference("r/x:1")], [
      undefined,
      false,
      undefined,
    ]);
    assertEquals(records.list().map(({ facts }) => facts.id), [b]);
    records.put(facts(a), []);
    assertEquals(records.byReference("r/x:1")?.facts, facts(a));
  });
});

Deno.test("ImageRecords says which image a newer smolvm wrote, and lists the others", () => {
  withRecords((records, database) => {
    records.put(facts(a), ["docker.io/library/x:1"]);
    records.put(facts(b), []);
    database.prepare("UPDATE images SET facts = ? WHERE id = ?").run('{"version":3}', a);
    assertEquals([records.has(a), records.list().length], [true, 1]);
    const error = assertThrows(() => records.byReference("docker.io/library/x:1"), SmolvmError);
    assertEquals([error.subject, error.remedy], ["x:1", "use that version"]);
    assertEquals(error.reason, "a newer smolvm wrote its record (version 3, this one knows 2)");
  });
});

Deno.test("ImageRecords.setDiskDigest() adds the digest to an image that is there", () => {
  withRecords((records) => {
    records.put(facts(a), ["r/x:1"]);
    records.setDiskDigest(a, b);
    records.setDiskDigest(b, b);
    assertEquals(records.list(), [{ facts: { ...facts(a), diskDigest: b }, references: ["r/x:1"] }]);
  });
});
