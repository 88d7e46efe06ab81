import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { CommandLine } from "../../tests/harness/command_line.ts";

Deno.test("version says what the binary carries, as lines and as JSON", async () => {
  using cli = new CommandLine();
  assertMatch(await cli.ok("version"), /^smolvm +\d[^]*\nkernel +6\.12\n[^]*alpine +3\.23\n$/);
  assertEquals(JSON.parse(await cli.ok("version --json")).libkrun, "1.17");
});
