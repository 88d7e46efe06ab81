/**
 * What released versions have stored is read by today's binary, and repaired. No VM; tests/versions/upgrade_test.ts has one.
 *
 * @module
 */
import { assertEquals, assertMatch } from "../harness/assert.ts";
import { goldenHome, goldenVersions } from "../harness/golden_home.ts";
import type { Home } from "../harness/smolvm.ts";

/** What a command prints as JSON; nothing may be said on stderr. */
// deno-lint-ignore no-explicit-any
async function json(home: Home, line: string): Promise<any> {
  const { code, stdout, stderr } = await home.run(line.split(" "));
  assertEquals([code, stderr], [0, ""], line);
  return JSON.parse(stdout);
}

for (const version of goldenVersions) {
  Deno.test(`a home of ${version} is listed and inspected with all it has`, async () => {
    await using home = await goldenHome(version);
    const [kept, made] = await json(home, "vm ls --json");
    assertEquals([kept.name, kept.state, kept.labels, kept.volumes[0].name, kept.ports[0].guest], [
      "kept",
      "stopped",
      { tier: "front" },
      "box",
      80,
    ]);
    assertEquals([made.name, made.state, made.memoryMiB, made.restart, made.command.argv], [
      "made",
      "created",
      256,
      "on-failure",
      ["/never"],
    ]);
    assertMatch(JSON.stringify((await json(home, "vm inspect made"))[0].network), /example\.com/);
    const [cell] = await json(home, "container ls -a kept --json");
    assertEquals([cell.name, cell.state, cell.command.env.includes("A=1")], ["cell", "created", true]);
    const [box] = await json(home, "volume ls --json");
    assertEquals([box.name, box.labels, box.machines], ["box", { tier: "back" }, ["kept"]]);
    const images: { references: string[] }[] = await json(home, "image ls --json");
    assertMatch(JSON.stringify(images), /golden:1/);
  });

  Deno.test(`a home of ${version} whose tables are lost is found again by its folders`, async () => {
    await using home = await goldenHome(version);
    Deno.writeTextFileSync(`${home.path}/data/machines.db`, "damaged");
    Deno.removeSync(`${home.path}/data/images.db`);
    const found = await home.run(["vm", "ls", "-q"]);
    assertEquals([found.code, found.stdout], [0, "kept\nmade\n"]);
    assertMatch(
      found.stderr,
      /table of machines was damaged .*; found again by their folders: kept, made\n$/,
    );
    assertMatch((await home.run(["image", "ls"])).stdout, /^golden:1 /m);
    assertEquals((await json(home, "container ls -a kept --json")).length, 1);
    // In use by a machine and its container, and so kept.
    assertEquals((await home.run(["image", "rm", "golden:1"])).code, 125);
    assertEquals((await home.run(["volume", "rm", "box"])).code, 125);
    const removed = await home.run(["vm", "delete", "kept", "made"]);
    assertEquals([removed.code, removed.stdout], [0, "kept\nmade\n"]);
  });
}
