import { assertEquals } from "../../../tests/harness/assert.ts";
import { columns, humanAge, humanSize } from "./table.ts";

Deno.test("columns() are as wide as their widest cell, and end without spaces", () => {
  assertEquals(columns([["NAME", "ID"], ["a", "longer"], ["alpine", ""]]), [
    "NAME    ID",
    "a       longer",
    "alpine",
  ]);
  assertEquals(columns([]), []);
});

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
