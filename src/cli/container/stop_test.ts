import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("container stop names each that does not run any more, and judges its patience first", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  await cli.ok("container create --name one web bundled:1");
  const id = (await cli.ok("container create web bundled:1")).trim();
  assertEquals(await cli.ok(`container stop -t 1 web one ${id}`), `one\n${id}\n`);
  const [code, , stderr] = await cli.run("container stop -t soon web two");
  assertEquals([code, stderr.startsWith("smolvm: cannot use --time")], [125, true]);
});
