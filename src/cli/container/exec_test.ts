import { assertEquals } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("container exec judges its words first, and says what does not run", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  await cli.ok("container create --name one web bundled:1");
  const cases: [string, string][] = [
    ["container exec web -i one ls", "cannot use -i: it stands behind the machine"],
    ["container exec -w srv web one ls", "cannot use working directory srv"],
    ["container exec web two ls", "cannot find the container two"],
    ["container exec web one ls", "cannot run in the container one: its machine web does not run"],
  ];
  for (const [line, words] of cases) {
    const [code, stdout, stderr] = await cli.run(line);
    assertEquals([code, stdout, stderr.startsWith(`smolvm: ${words}`)], [125, "", true], stderr);
  }
});
