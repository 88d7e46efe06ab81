import { assertEquals } from "../harness/assert.ts";
import { checkLines } from "./net_checks.ts";

Deno.test("checkLines() says of each figure whether it is within its limit, and which was not measured", () => {
  const lines = checkLines([
    { what: "a", found: 0.9, least: 0.9 },
    { what: "b", found: 501, most: 500 },
    { what: "c", found: undefined, least: 1 },
  ]);
  assertEquals(lines.map((line) => line.replace(/ +/g, " ")), [
    "reached a: 0.9 (at least 0.9)",
    "NOT reached b: 501 (at most 500)",
    "not measured c (at least 1)",
  ]);
});
