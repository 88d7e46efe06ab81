import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("image inspect finds an image by name and by the beginning of its id", async () => {
  using cli = new CommandLine();
  await cli.ok(`image load --name mine:1 ${cli.rootFolder()}`);
  const { id, references } = JSON.parse(await cli.ok("image inspect mine:1"));
  assertEquals(references, ["docker.io/library/mine:1"]);
  assertEquals(JSON.parse(await cli.ok(`image inspect ${id.slice(7, 19)}`)).id, id);
  const [code, , stderr] = await cli.run("image inspect none:1");
  assertEquals([code, stderr.startsWith("smolvm: cannot find the image none:1")], [125, true]);
});
