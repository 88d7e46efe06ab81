import { join } from "node:path";
import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { defaultConfig } from "../model/config.ts";
import { guestPlatform } from "../model/platform.ts";
import type { ImageRecord } from "./record_codec.ts";
import { putRecordAside, readRecord, writeRecord } from "./record_file.ts";

const hex = "ab".repeat(32);
const record: ImageRecord = {
  facts: {
    id: `sha256:${hex}`,
    diskBytes: 1,
    stored: "2026-01-01T00:00:00Z",
    source: "folder",
    config: defaultConfig(guestPlatform()),
  },
  references: ["docker.io/library/x:1"],
};

function inFolder(body: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("readRecord() reads what writeRecord() wrote", () => {
  inFolder((folder) => {
    assertEquals(readRecord(folder, hex), { kind: "absent" });
    writeRecord(folder, record);
    writeRecord(folder, record);
    assertEquals(readRecord(folder, hex), { kind: "read", value: record });
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["image.json"]);
    assertEquals((Deno.statSync(join(folder, "image.json")).mode ?? 0) & 0o777, 0o600);
  });
});

Deno.test("readRecord() takes the record of another image for a damaged one", () => {
  inFolder((folder) => {
    writeRecord(folder, record);
    const reason = `it is the record of ${record.facts.id}`;
    assertEquals(readRecord(folder, "0".repeat(64)), { kind: "damaged", reason });
  });
});

Deno.test("putRecordAside() keeps what is damaged, under another name", () => {
  inFolder((folder) => {
    Deno.writeTextFileSync(join(folder, "image.json"), "scribbled over");
    assertEquals(readRecord(folder, hex).kind, "damaged");
    putRecordAside(folder);
    assertEquals(readRecord(folder, hex), { kind: "absent" });
    assertEquals(Deno.readTextFileSync(join(folder, "image.json.damaged")), "scribbled over");
    assertThrows(() => putRecordAside(folder), Error, "ENOENT");
  });
});
