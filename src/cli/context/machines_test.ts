import { assertEquals } from "../../../tests/harness/assert.ts";
import { repairWords } from "./machines.ts";

Deno.test("repairWords() says what was lost, what was found again, and where the damaged table is", () => {
  assertEquals(
    [
      { damagedFile: undefined, restored: ["a", "b"] },
      { damagedFile: "/d/machines.db.1", restored: [] },
      { damagedFile: "/d/machines.db.1", restored: ["a"] },
    ].map(repairWords),
    [
      "the table of machines had lost some; found again by their folders: a, b",
      "the table of machines was damaged and is kept as /d/machines.db.1",
      "the table of machines was damaged and is kept as /d/machines.db.1; found again by their folders: a",
    ],
  );
});
