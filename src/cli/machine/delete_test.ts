import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("delete names each machine that is gone, and stops at the first that is not there", async () => {
  using cli = new CommandLine();
  for (const name of ["web", "db"]) await cli.ok(`vm create --name ${name} --disk 128M`);
  const [code, stdout, stderr] = await cli.run("vm rm web none db");
  assertEquals([code, stdout, stderr.startsWith("smolvm: cannot find the machine none")], [
    125,
    "web\n",
    true,
  ]);
  assertEquals(await cli.ok("vm delete -f db"), "db\n");
  assertEquals(await cli.ok("vm ls -q"), "");
});
