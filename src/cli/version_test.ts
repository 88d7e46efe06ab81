import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { CommandLine } from "../../tests/harness/command_line.ts";

Deno.test("version says what the binary carries, as lines and as JSON", async () => {
  using cli = new CommandLine();
  assertMatch(await cli.ok("version"), /^smolvm +\d[^]*\nkernel +6\.12\n[^]*alpine +3\.23\n$/);
  assertEquals(JSON.parse(await cli.ok("version --json")).libkrun, "1.17");
});

Deno.test("version --verify needs the release's list, and tells which file was not there", async () => {
  using cli = new CommandLine();
  const [code, out, said] = await cli.run(`version --verify ${cli.home}/SHA256SUMS`);
  assertEquals([code, out], [125, ""]);
  assertMatch(said, /^smolvm: cannot verify \S+\/SHA256SUMS: there is no such file; download it/);
});
