import { assertEquals, assertMatch } from "../../../tests/harness/assert.ts";
import { CommandLine } from "../../../tests/harness/command_line.ts";
import { describe, leftWords } from "./uninstall.ts";

Deno.test("self uninstall refuses in one line where nobody can be asked", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  const [code, out, said] = await cli.run("self uninstall");
  assertEquals([code, out], [125, ""]);
  assertEquals(
    said,
    "smolvm: cannot uninstall smolvm: stdin is no terminal, so that nobody can be asked; give --yes\n",
  );
  assertEquals(await cli.ok("vm ls -q"), "web\n");
});

Deno.test("self uninstall keeps machines and volumes until --purge, and leaves nothing then", async () => {
  using cli = new CommandLine();
  await cli.ok("vm create --name web --disk 128M");
  await cli.ok("volume create box --size 128M");
  const said = await cli.ok("self uninstall --yes");
  assertMatch(
    said,
    /removed \S+\/cache\/parts\n[^]*machines, volumes and images stay \(.*\): smolvm self uninstall --purge/,
  );
  assertEquals(await cli.ok("vm ls -q"), "web\n");
  assertEquals(await cli.ok("volume ls -q"), "box\n");
  assertMatch(await cli.ok("self uninstall --purge -y"), /removed \S+\/data\/machines\n/);
  assertEquals([...Deno.readDirSync(cli.home)].map(({ name }) => name), ["payload"]);
  assertEquals(await cli.ok("self uninstall --purge --yes"), "");
});

Deno.test("describe() and leftWords() say what goes, what stays, and how that goes", () => {
  const data = { kind: "data", path: "/d/machines", bytes: 4096 } as const;
  assertEquals(describe({ removed: [], kept: [] }), ["There is nothing to remove."]);
  const lines = describe({ removed: [{ kind: "cache", path: "/c/parts", bytes: 1_000_000 }], kept: [data] });
  assertEquals(lines.length, 3);
  assertMatch(lines[1] ?? "", /cache +1\.00 MB +\/c\/parts/);
  const foreign = (brew: boolean) =>
    leftWords({ removed: [], kept: [], foreign: { path: "/bin/smolvm", brew } });
  assertEquals(foreign(true), ["the program stays, /bin/smolvm: remove it with brew uninstall smolvm"]);
  assertEquals(foreign(false), ["the program stays, /bin/smolvm: remove it with rm /bin/smolvm"]);
});
