import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("image prune says what it removed and freed; --vm needs a machine that runs", async () => {
  using cli = new CommandLine();
  await cli.ok(`image load --name mine:1 ${cli.rootFolder()}`);
  assertEquals(await cli.ok("image prune"), "freed 0 B\n");
  const lines = (await cli.ok("image prune --all")).split("\n").map((line) => line.split(" ")[0]);
  assertEquals(lines, ["unnamed", "removed", "freed", ""]);
  await cli.ok("vm create --name web --disk 128M");
  const [code, , stderr] = await cli.run("image prune --vm web");
  assertEquals([code, stderr.startsWith("smolvm: cannot remove images in web: it is not running")], [
    125,
    true,
  ]);
});
