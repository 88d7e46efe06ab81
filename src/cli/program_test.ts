import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { CommandLine } from "../../tests/harness/command_line.ts";
import { program } from "./program.ts";

Deno.test("program() builds what a line names, also by the short name, and everything for the help", () => {
  assertEquals(program(["vm", "run"]).commands.flatMap((one) => one.commands.map((verb) => verb.name())), [
    "run",
  ]);
  assertEquals(program(["--help"]).commands.map((one) => one.name()), [
    "microvm",
    "container",
    "image",
    "doctor",
    "version",
  ]);
});

Deno.test("main() ends with 0 for help, and with one line and 125 for words it does not know", async () => {
  using cli = new CommandLine();
  assertEquals((await cli.run("vm run --help"))[0], 0);
  const [code, stdout, stderr] = await cli.run("vm run --memory 3 alpine");
  assertEquals([code, stdout], [125, ""]);
  assertMatch(stderr, /^smolvm: unknown option '--memory'.*; see smolvm microvm run --help\n$/);
  assertMatch((await cli.run("vm rin"))[2], /^smolvm: unknown command 'rin'.*Did you mean run\?.*\n$/);
});
