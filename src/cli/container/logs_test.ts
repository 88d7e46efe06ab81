import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("container logs are empty of one that never ran", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  await cli.ok("container create --name one web bundled:1");
  assertEquals(await cli.ok("container logs web one"), "");
  const [code, , stderr] = await cli.run("container logs web two");
  assertEquals([code, stderr.startsWith("smolvm: cannot find the container two")], [125, true]);
});
