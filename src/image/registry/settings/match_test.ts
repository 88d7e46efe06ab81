import { assertEquals } from "../../../../tests/harness/assert.ts";
import { findTable } from "./match.ts";

const digest = `@sha256:${"0".repeat(64)}`;
const table = (prefix: string) => ({
  file: "f",
  prefix,
  location: "",
  insecure: false,
  blocked: false,
  mirrors: [],
});

/** The prefix that is chosen, and what follows it in the name. */
function find(prefixes: readonly string[], name: string): string | undefined {
  const found = findTable(prefixes.map(table), name);
  return found && `${found.table.prefix}|${found.rest}`;
}

Deno.test("findTable() chooses the longest prefix that ends where a part of the name ends", () => {
  const prefixes = ["a.io", "a.io/x", "a.io/x/y", "a.io/x/y:1", `a.io/x/y${digest}`, "b.io"];
  const cases: [string, string | undefined][] = [
    ["a.io/z:1", "a.io|/z:1"],
    ["a.io/x:1", "a.io/x|:1"],
    [`a.io/x${digest}`, `a.io/x|${digest}`],
    ["a.io/xx:1", "a.io|/xx:1"],
    ["a.io/x/y/z:1", "a.io/x/y|/z:1"],
    ["a.io/x/y:1", "a.io/x/y:1|"],
    ["a.io/x/y:1.2", "a.io/x/y|:1.2"],
    [`a.io/x/y${digest}`, `a.io/x/y${digest}|`],
    ["aa.io/x:1", undefined],
    ["a.iox/x:1", undefined],
  ];
  for (const [name, expected] of cases) {
    assertEquals(find(prefixes, name), expected, name);
    assertEquals(find(prefixes.toReversed(), name), expected, name);
  }
});

Deno.test("findTable() takes a host with a port for another registry than the host alone", () => {
  assertEquals(find(["a.io"], "a.io:5000/x:1"), undefined);
  assertEquals(find(["a.io:5000"], "a.io/x:1"), undefined);
  assertEquals(find(["a.io:5000"], "a.io:5000/x:1"), "a.io:5000|/x:1");
  assertEquals(find(["a.io:500"], "a.io:5000/x:1"), undefined);
  assertEquals(find(["[::1]:5000"], "[::1]:5000/x:1"), "[::1]:5000|/x:1");
});

Deno.test("findTable() takes *.example.com for every host below it, and none beside it", () => {
  const prefixes = ["*.example.com", "*.b.example.com", "c.example.com"];
  const cases: [string, string | undefined][] = [
    ["a.example.com/x:1", "*.example.com|/x:1"],
    ["a.example.com:5000/x:1", "*.example.com|/x:1"],
    ["a.b.example.com/x:1", "*.b.example.com|/x:1"],
    ["b.example.com/x:1", "*.example.com|/x:1"],
    ["c.example.com/x:1", "c.example.com|/x:1"],
    ["c.example.com:5000/x:1", "*.example.com|/x:1"],
    ["example.com/x:1", undefined],
    ["aexample.com/x:1", undefined],
    ["a.example.com.evil.org/x:1", undefined],
    ["evil.org/a.example.com/x:1", undefined],
  ];
  for (const [name, expected] of cases) assertEquals(find(prefixes, name), expected, name);
});
