import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("kill says that a machine does not run, and judges the signal first", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  for (const line of ["kill web", "vm kill -s USR1 web"]) {
    assertEquals(await cli.run(line), [125, "", "smolvm: cannot kill the machine web: it does not run\n"]);
  }
  assertMatch(
    (await cli.run("kill -s SOON none"))[2],
    /^smolvm: cannot use --signal "SOON": there is no such/,
  );
});
