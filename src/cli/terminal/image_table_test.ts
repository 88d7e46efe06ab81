import { assertEquals } from "../../../tests/harness/assert.ts";
import type { Image } from "../../image/model/image.ts";
import { humanAge, humanSize, imageTable, shortId } from "./image_table.ts";

const id = `sha256:${"0123456789abcdef".repeat(4)}` as const;

Deno.test("humanSize() shows three digits", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [9_996_000, "10.0 MB"],
    [99_960_000, "100 MB"],
    [999_600_000, "1.00 GB"],
    [204_947_456, "205 MB"],
    [5e15, "5000 TB"],
  ];
  for (const [bytes, text] of cases) assertEquals(humanSize(bytes), text);
});

Deno.test("humanAge() takes the largest unit, and knows what it does not know", () => {
  const now = Date.parse("2026-06-01T00:00:00Z");
  assertEquals(humanAge("2026-05-29T00:00:00Z", now), "3 days");
  assertEquals(humanAge("2026-05-31T23:00:00Z", now), "1 hour");
  assertEquals(humanAge("2026-06-01T00:00:00Z", now), "now");
  assertEquals([humanAge(undefined, now), humanAge("1970-01-01T00:00:00Z", now)], ["-", "-"]);
});

Deno.test("imageTable() has a line for each name", () => {
  const image: Image = {
    id,
    references: ["docker.io/library/alpine:3", "docker.io/library/alpine:latest"],
    disk: "/d",
    diskBytes: 8_450_000,
    stored: "2026-05-01T00:00:00Z",
    source: "bundled",
    origin: "Alpine 3.23",
    config: {} as Image["config"],
  };
  assertEquals(imageTable([image, { ...image, references: [], source: "folder" }], 0), [
    "NAME           ID            SIZE     CREATED  SOURCE",
    "alpine:3       0123456789ab  8.45 MB  -        bundled (Alpine 3.23)",
    "alpine:latest  0123456789ab  8.45 MB  -        bundled (Alpine 3.23)",
    "<none>         0123456789ab  8.45 MB  -        folder",
  ]);
  assertEquals(shortId(id), "0123456789ab");
});
