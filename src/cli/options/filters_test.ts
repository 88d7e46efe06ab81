import { assertEquals, assertThrows } from "../../../tests/harness/assert.ts";
import { SmolvmError } from "../../error.ts";
import { readFilters } from "./filters.ts";

const web = { id: "0123456789ab", name: "web", state: "running", labels: { tier: "front", empty: "" } };
const db = { id: "ba9876543210", state: "stopped", labels: { tier: "back" } };

function left(...filter: string[]): string[] {
  return [web, db].filter(readFilters({ filter })).map(({ state }) => state);
}

Deno.test("readFilters() joins keys by and, labels by and, and other values of one key by or", () => {
  assertEquals(left(), ["running", "stopped"]);
  assertEquals(left("label=tier"), ["running", "stopped"]);
  assertEquals(left("label=tier=back"), ["stopped"]);
  assertEquals(left("label=tier", "label=empty"), ["running"]);
  assertEquals(left("label=empty="), ["running"]);
  assertEquals(left("label=constructor"), []);
  assertEquals(left("status=exited", "status=running"), ["running", "stopped"]);
  assertEquals(left("status=exited", "label=tier=front"), []);
  assertEquals(left("name=^w", "id=0123"), ["running"]);
});

Deno.test("readFilters() refuses what it does not know", () => {
  for (const word of ["tier", "colour=red", "label=", "=x", "__proto__=x"]) {
    assertThrows(() => left(word), SmolvmError, "there is no such filter");
  }
  assertThrows(() => left("name=("), SmolvmError, "no regular expression");
});
