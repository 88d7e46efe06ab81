import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("image tag gives a name in silence, also as tag, and tells what cannot be one", async () => {
  using cli = new CommandLine();
  await cli.ok(`image load --name mine:1 ${cli.rootFolder()}`);
  assertEquals(await cli.ok("image tag mine:1 yours"), "");
  const { id, references } = JSON.parse(await cli.ok("tag --json yours ghcr.io/me/theirs:2"));
  assertEquals(references, [
    "docker.io/library/mine:1",
    "docker.io/library/yours:latest",
    "ghcr.io/me/theirs:2",
  ]);
  assertEquals(JSON.parse(await cli.ok("image inspect ghcr.io/me/theirs:2")).id, id);
  assertEquals(await cli.ok("image rm mine:1"), "unnamed mine:1\n");
  for (const target of [id, `a@${id}`, "sha256:1", "Upper"]) {
    const [code, stdout, stderr] = await cli.run(`image tag yours ${target}`);
    assertEquals([code, stdout, stderr.split("\n").length], [125, "", 2], target);
  }
});
