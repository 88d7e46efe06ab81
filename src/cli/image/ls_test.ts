import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("image ls shows images as lines, ids and JSON, the bundled one last", async () => {
  using cli = new CommandLine();
  await cli.ok(`image load --name mine:1 ${cli.rootFolder()}`);
  const lines = (await cli.ok("image ls")).split("\n").map((line) => line.split(/ +/)[0]);
  assertEquals(lines, ["NAME", "mine:1", "bundled:1", ""]);
  const ids = JSON.parse(await cli.ok("image list --json")).map(({ id }: { id: string }) => id);
  assertEquals((await cli.ok("image ls -q")).trim().split("\n"), ids);
});
