import { assertEquals } from "../../../../tests/harness/assert.ts";
import { lineOf } from "./line_of.ts";

const text = `# [[registry]]
unqualified-search-registries = ["a"]

[[registry]]
location = "a"

[[registry]]
location = "b"
[[registry.mirror]]
location = "c"
[[ registry . mirror ]]
"Insecure" = "x"

[[registry]]
location = "d"
`;

Deno.test("lineOf() finds tables of arrays, tables in them, and values", () => {
  const cases: [(string | number)[], number | undefined][] = [
    [["registry", 0], 4],
    [["registry", 1, "location"], 8],
    [["registry", 1, "mirror", 0, "location"], 10],
    [["registry", 1, "mirror", 1, "insecure"], 12],
    [["registry", 2, "location"], 15],
    // What is not there has the line of the table that it is missing from.
    [["registry", 0, "prefix"], 4],
    [["registry", 3, "location"], undefined],
    [["unqualified-search-registries"], 2],
    [[], undefined],
  ];
  for (const [path, line] of cases) assertEquals(lineOf(text, path), line, path.join("."));
});

Deno.test("lineOf() finds a table that is none of an array, and an array that is a value", () => {
  assertEquals(lineOf("\n[registry]\nlocation = 1\n", ["registry"]), 2);
  assertEquals(lineOf("\nregistry = [\n{ location = 1 }]\n", ["registry", 0, "location"]), 2);
  assertEquals(lineOf("[registries.search]\na=1\n[registries.block]\n", ["registries", "block"]), 3);
});
