import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("container start finds all before it starts the machine", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  await cli.ok("container create --name one web bundled:1");
  const [code, stdout, stderr] = await cli.run("container start web one two");
  assertEquals([code, stdout, stderr.startsWith("smolvm: cannot find the container two")], [125, "", true]);
  assertEquals(JSON.parse(await cli.ok("vm status --json web")).state, "created");
});
