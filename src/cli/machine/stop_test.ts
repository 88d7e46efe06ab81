import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("stop says that a machine does not run, and judges its patience first", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  const idle = [0, "web\n", "smolvm: web is not running\n"] as const;
  assertEquals(await cli.run("vm stop web"), [...idle]);
  assertEquals(await cli.run("vm stop --force web"), [...idle]);
  const [code, , stderr] = await cli.run("vm stop -t soon none");
  assertEquals([code, stderr.startsWith('smolvm: cannot use --time "soon"')], [125, true]);
});
