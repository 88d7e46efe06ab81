import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("network-test judges its words before it starts a machine, and says how a machine has a network", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M --net");
  await cli.ok("vm create --name bare --disk 128M");
  const [code, stdout, stderr] = await cli.run("vm network-test bare");
  assertEquals([code, stdout], [125, ""]);
  assertMatch(stderr, /the machine bare: it has none; give it one with smolvm microvm update --net bare\n$/);
  for (const target of ["http://a.example", "a'b", "a:b", "$(id)"]) {
    assertMatch(
      (await cli.run(`vm network-test web ${target}`))[2],
      /^smolvm: cannot test the network with "/,
    );
  }
});
