import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("status describes a machine, as lines and as JSON, and makes none", async () => {
  using cli = new CommandLine();
  const [code, , stderr] = await cli.run("vm status");
  assertEquals([code, stderr], [
    125,
    "smolvm: cannot find the machine default: there is none of that name; " +
    "it is made when it is first used: smolvm microvm exec, or start\n",
  ]);
  await cli.ok("vm create --name web --cpus 1 bundled:1 ls -l");
  assertMatch(await cli.ok("vm status web"), /^name +web\nstate +created\n[^]*\ncommand +ls -l\n/);
  assertEquals(JSON.parse(await cli.ok("vm status --json web")).memoryMiB, 512);
});
