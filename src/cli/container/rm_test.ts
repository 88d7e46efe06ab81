import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("container rm names each that is gone, and stops at the first that is not there", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  for (const name of ["one", "two"]) await cli.ok(`container create --name ${name} web bundled:1`);
  const [code, stdout, stderr] = await cli.run("container rm web one none two");
  assertEquals([code, stdout, stderr.startsWith("smolvm: cannot find the container none")], [
    125,
    "one\n",
    true,
  ]);
  assertEquals(await cli.ok("container delete web two"), "two\n");
  assertEquals(await cli.ok("container ls -aq web"), "");
});
