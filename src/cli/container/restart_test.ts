import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("container restart judges its patience, and finds all containers before it stops one", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web");
  const [code, stdout, stderr] = await cli.run("container restart web nobody");
  assertEquals([code, stdout], [125, ""]);
  assertMatch(stderr, /nobody/);
  assertMatch((await cli.run("container restart -t soon web x"))[2], /^smolvm: cannot use --time "soon"/);
});
