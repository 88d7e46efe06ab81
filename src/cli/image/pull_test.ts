import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("image pull refuses what is no name before it asks a registry, and names what it could not pull", async () => {
  using cli = new CommandLine();
  const [code, stdout, stderr] = await cli.run("image pull Alpine");
  assertEquals([code, stdout, stderr.includes("lower case")], [125, "", true]);
  const refused = await cli.run("image pull 127.0.0.1:1/none:1");
  assertEquals([refused[0], refused[2].startsWith("smolvm: cannot pull 127.0.0.1:1/none:1: ")], [125, true]);
});
