import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("container ls shows those that run, with -a all", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  const id = (await cli.ok("container create --name one web bundled:1 ls")).trim();
  const other = (await cli.ok("container create web bundled:1")).trim();
  assertEquals(await cli.ok("container ls -q web"), "");
  assertEquals(await cli.ok("container ls -aq web"), `${id}\n${other}\n`);
  assertEquals((await cli.ok("container ls -a web")).split("\n").length, 4);
  const shown = JSON.parse(await cli.ok("container ls -a --json web"));
  assertEquals(shown.map((one: { name?: string; state: string }) => [one.name, one.state]), [
    ["one", "created"],
    [undefined, "created"],
  ]);
});

Deno.test("container ls --filter lists what has a label or a state", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  const id = (await cli.ok("container create -l tier=back web bundled:1")).trim();
  await cli.ok("container create web bundled:1");
  assertEquals(await cli.ok("container ls -aq --filter label=tier web"), `${id}\n`);
  assertEquals((await cli.ok("container ls -q -f status=created web")).split("\n").length, 3);
  assertEquals(await cli.ok("container ls -q -f label=tier web"), "");
});
