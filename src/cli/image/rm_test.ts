import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("image rm says what is gone, and leaves what a machine is made of", async () => {
  using cli = new CommandLine();
  await cli.ok(`image load --name mine:1 ${cli.rootFolder()}`);
  const { id } = JSON.parse(await cli.ok("image inspect mine:1"));
  await cli.ok("vm create --name web mine:1 true");
  const [code, , stderr] = await cli.run("image rm mine:1");
  assertEquals([code, stderr.includes("the machine web is made of it")], [125, true]);
  await cli.ok("vm delete web");
  assertEquals(JSON.parse(await cli.ok("image remove --json mine:1")), {
    references: ["docker.io/library/mine:1"],
    images: [id],
  });
});
