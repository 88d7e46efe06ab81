import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("inspect prints a list of machines with their labels, and nothing when one is unknown", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --label tier=front bundled:1 ls");
  const [web] = JSON.parse(await cli.ok("inspect web"));
  assertEquals([web.name, web.state, web.labels, web.command.argv], ["web", "created", { tier: "front" }, [
    "ls",
  ]]);
  const [code, stdout, stderr] = await cli.run("vm inspect web wob");
  assertEquals([code, stdout], [125, ""]);
  assertMatch(stderr, /^smolvm: cannot find the machine wob: /);
});
