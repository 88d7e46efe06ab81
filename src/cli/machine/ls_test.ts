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
