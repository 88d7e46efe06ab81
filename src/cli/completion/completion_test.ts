import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("completion prints a script for a shell that it knows, and refuses another", async () => {
  using cli = new CommandLine();
  assertMatch(await cli.ok("completion bash"), /\ncomplete -F _smolvm smolvm\n$/);
  assertMatch(await cli.ok("completion zsh"), /^#compdef smolvm\n/);
  assertMatch(await cli.ok("completion fish"), /\ncomplete -c smolvm /);
  const [code, stdout, stderr] = await cli.run("completion tcsh");
  assertEquals([code, stdout], [125, ""]);
  assertEquals(
    stderr,
    'smolvm: cannot use the shell "tcsh": there is no such choice; give one of bash, zsh, fish\n',
  );
});
