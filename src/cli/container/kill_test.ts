import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("container kill says that a container does not run, and judges the signal first", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  await cli.ok("container create --name one web bundled:1");
  const refused = "smolvm: cannot kill the container one: it does not run\n";
  assertEquals(await cli.run("container kill web one"), [125, "", refused]);
  assertMatch((await cli.run("container kill web none"))[2], /none/);
  assertMatch((await cli.run("container kill -s 0 web one"))[2], /^smolvm: cannot use --signal "0"/);
});
