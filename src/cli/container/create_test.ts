import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("container create prints an id, and refuses an option where the image is expected", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  assertMatch(await cli.ok("container create web bundled:1 ls --all"), /^[0-9a-f]{12}\n$/);
  const [code, , stderr] = await cli.run("container create web --name x");
  assertEquals([code, stderr.startsWith("smolvm: cannot use --name: it stands behind the machine")], [
    125,
    true,
  ]);
});
