import { assertEquals, assertTrue } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";

Deno.test("ls lists machines as names, lines, paragraphs and JSON", async () => {
  using cli = new CommandLine();
  assertEquals(await cli.ok("vm ls -q"), "");
  for (const name of ["web", "db"]) await cli.ok(`vm create --name ${name} --disk 128M`);
  assertEquals(await cli.ok("vm ls -q"), "db\nweb\n");
  assertEquals((await cli.ok("vm list")).split("\n").map((line) => line.split(/ +/)[0]), [
    "NAME",
    "db",
    "web",
    "",
  ]);
  assertTrue((await cli.ok("vm ls -v")).includes("\n\nname      web\n"));
  const shown = JSON.parse(await cli.ok("vm ls --json"));
  assertEquals(shown.map((one: { name: string; state: string }) => [one.name, one.state]), [
    ["db", "created"],
    ["web", "created"],
  ]);
});

Deno.test("ls --filter lists what has a label, also as names", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M -l tier=front");
  await cli.ok("vm create --name db --disk 128M -l tier=back");
  assertEquals(await cli.ok("ps -q -f label=tier=back"), "db\n");
  const shown = JSON.parse(await cli.ok("vm ls --json --filter name=w --filter status=created"));
  assertEquals(shown.map((one: { name: string }) => one.name), ["web"]);
  assertTrue((await cli.run("vm ls -f tier=back"))[2].includes("there is no such filter"));
});
