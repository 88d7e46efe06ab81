import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("net-log of a machine that never ran is empty, and one without a network is told how to have one", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M --net");
  assertEquals([await cli.ok("vm net-log web"), await cli.ok("vm net-log --json web")], ["", ""]);
  await cli.ok("vm create --name bare --disk 128M");
  assertEquals((await cli.run("vm net-log bare")).slice(0, 3), [
    125,
    "",
    "smolvm: cannot look at the network of the machine bare: it has none; " +
    "give it one with smolvm microvm update --net bare\n",
  ]);
});
