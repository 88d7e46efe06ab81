import { assertEquals, assertMatch } from "../../tests/harness/assert.ts";
import { CommandLine } from "../../tests/harness/command_line.ts";
import { program } from "./program.ts";

Deno.test("program() builds what a line names, also by the short name, and everything for the help", async () => {
  const { commands } = await program(["vm", "run"]);
  assertEquals(commands.flatMap((one) => one.commands.map((verb) => verb.name())), ["run"]);
  assertEquals((await program(["--help"])).commands.map((one) => one.name()), [
    "microvm",
    "container",
    "image",
    "volume",
    "doctor",
    "completion",
    "version",
    "self",
  ]);
});

Deno.test("main() ends with 0 for help, and with one line and 125 for words it does not know", async () => {
  using cli = new CommandLine();
  assertEquals((await cli.run("vm run --help"))[0], 0);
  const [code, stdout, stderr] = await cli.run("vm run --memroy 3 alpine");
  assertEquals([code, stdout], [125, ""]);
  assertMatch(stderr, /^smolvm: unknown option '--memroy'.*; see smolvm microvm run --help\n$/);
  assertMatch((await cli.run("vm rin"))[2], /^smolvm: unknown command 'rin'.*Did you mean run\?.*\n$/);
});

Deno.test("main() says its version and the help that is asked for, and knows Docker's words", async () => {
  using cli = new CommandLine();
  for (const word of ["--version", "-V", "-v"]) {
    assertMatch(await cli.ok(word), /^smolvm \d+\.\d+\.\d+\S*\n$/);
  }
  for (const line of ["help vm run", "vm help run", "help run", "vm run --help"]) {
    assertMatch(await cli.ok(line), /^Usage: smolvm microvm run \[options\] <image>/);
  }
  assertMatch(await cli.ok("help container exec"), /^Usage: smolvm container exec /);
  assertMatch((await cli.run("help vm rin"))[2], /^smolvm: unknown command 'rin'/);
  assertEquals(await cli.ok("create --name web"), "web\n");
  assertMatch(await cli.ok("ps -a"), /\nweb /);
  assertMatch(
    (await cli.run("run --net=host alpine"))[2],
    /^smolvm: cannot use --net=host: a VM has a network of its own: --net gives it one/,
  );
  assertMatch(
    (await cli.run("run --net bridge alpine"))[2],
    /^smolvm: cannot use --network "bridge": the network is the VM's, and its containers share it/,
  );
  assertMatch(
    (await cli.run("exec --dns=1.1.1.1 ls"))[2],
    /^smolvm: cannot use --dns=1.1.1.1: the network is the VM's/,
  );
});

Deno.test("the help says no default of an option that may be given several times", async () => {
  using cli = new CommandLine();
  const help = await cli.ok("run --help");
  assertEquals(help.includes("[])"), false);
  assertMatch(help, /virtual CPUs \(default: "1"\)/);
});
