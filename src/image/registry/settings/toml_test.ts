import { assertEquals, assertRejects } from "../../../../tests/harness/assert.ts";
import { SmolvmError } from "../../../error.ts";
import { parseToml } from "./toml.ts";

Deno.test("parseToml() reads what people write, with either end of a line", async () => {
  const text = `\uFEFF# c\r\n[[registry]]\r\nlocation = 'r.example' # c\r\nn = 99999999999999999999\r\n`;
  const { registry } = await parseToml(text, "a.conf") as { registry: { location: string }[] };
  assertEquals(registry[0]?.location, "r.example");
});

Deno.test("parseToml() takes comments alone for nothing", async () => {
  for (const text of ["", "\n", "# a\n\n  # b\r\n", "#"]) assertEquals(await parseToml(text, "a.conf"), {});
});

Deno.test("parseToml() names the file and the line of what is wrong, on one line", async () => {
  const cases: [string, string][] = [
    ["# c\nlocation = \n", "line 2: invalid value"],
    ["[[registry]]\na = 1\na = 2\n", "line 3: trying to redefine an already defined table or value"],
    ["<html>", "line 1: "],
    [`a = ${"[".repeat(50_000)}`, "line 1: "],
  ];
  for (const [text, words] of cases) {
    const error = await assertRejects(() => parseToml(text, "/etc/a.conf"), SmolvmError, words);
    assertEquals([error.subject, error.kind, error.reason.includes("\n")], [
      "/etc/a.conf",
      "registry",
      false,
    ]);
  }
});
