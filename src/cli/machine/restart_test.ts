import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("restart judges its patience, and finds all machines before it stops one", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web");
  const [code, stdout, stderr] = await cli.run("restart web wob");
  assertEquals([code, stdout], [125, ""]);
  assertMatch(stderr, /^smolvm: cannot find the machine wob: /);
  assertMatch((await cli.run("vm restart -t soon web"))[2], /^smolvm: cannot use --time "soon"/);
});
