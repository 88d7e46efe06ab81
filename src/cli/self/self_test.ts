import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("self says which commands it has, and which word is none", async () => {
  using cli = new CommandLine();
  assertMatch(await cli.ok("self --help"), /uninstall \[options\] +tell what smolvm made/);
  const [code, , said] = await cli.run("self destroy");
  assertEquals(code, 125);
  assertMatch(said, /unknown command 'destroy'/);
});
