import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("image load prints a line for each name, and says what it cannot load", async () => {
  using cli = new CommandLine();
  const stdout = await cli.ok(`image load --name mine:1 ${cli.rootFolder()}`);
  assertEquals(/^mine:1 [0-9a-f]{12}\n$/.test(stdout), true);
  const cases = ["image load", `image load ${cli.home}/none`, `image load --name A ${cli.rootFolder()}`];
  for (const line of cases) {
    const [code, , stderr] = await cli.run(line);
    assertEquals([code, stderr.startsWith("smolvm: cannot ")], [125, true], stderr);
  }
});
