import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("logs of a machine that never ran are empty, its console too", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  assertEquals([await cli.ok("vm logs web"), await cli.ok("vm logs --console web")], ["", ""]);
  const [code, , stderr] = await cli.run("vm logs --tail many web");
  assertEquals([code, stderr.startsWith("smolvm: cannot use --tail")], [125, true]);
});
