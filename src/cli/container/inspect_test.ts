import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("container inspect prints a list of those that are named, and nothing when one is unknown", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web");
  const id = (await cli.ok("container create --name c web bundled:1 ls")).trim();
  const [one, same, ...more] = JSON.parse(await cli.ok(`container inspect web c ${id.slice(0, 6)}`));
  assertEquals([one.id, one.name, one.state, one.command.argv, more], [id, "c", "created", ["ls"], []]);
  assertEquals(same, one);
  const [code, stdout, stderr] = await cli.run("container inspect web c nobody");
  assertEquals([code, stdout], [125, ""]);
  assertMatch(stderr, /nobody/);
});
