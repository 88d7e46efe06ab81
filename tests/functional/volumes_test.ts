/**
 * Volumes as a user meets them: the built binary, real VMs, the bundled Alpine.
 *
 * @module
 */
import { assertEquals, assertMatch } from "../harness/assert.ts";
import { Home } from "../harness/smolvm.ts";

const home = new Home();
home.removeAtUnload();

/** What a command prints that must succeed. */
async function ok(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await home.run([...words]);
  assertEquals(code, 0, stderr);
  return stdout;
}

/** The one line of a command that must fail. */
async function refused(words: readonly string[]): Promise<string> {
  const { code, stderr } = await home.run([...words]);
  assertEquals([code, stderr.trim().split("\n").length], [125, 1], stderr);
  return stderr.trim();
}

Deno.test("volumes are made, listed, looked at and removed", async () => {
  assertEquals(await ok(["volume", "ls", "-q"]), "");
  assertEquals(await ok(["volume", "create", "cache", "--label", "tier=build", "--size", "200m"]), "cache\n");
  assertEquals(await ok(["volume", "create", "cache"]), "cache\n");
  const anonymous = (await ok(["volume", "create"])).trim();
  assertMatch(anonymous, /^[0-9a-f]{64}$/);
  assertEquals((await ok(["volume", "ls", "-q"])).split("\n").includes(anonymous), true);
  assertEquals(await ok(["volume", "ls", "-q", "--filter", "label=tier"]), "cache\n");
  assertMatch(await ok(["volume", "ls"]), /^NAME .*\n(.*\n)*cache +\d+.* kB +210 MB +- +now$/m);
  const [{ name, bytes, labels, machines }] = JSON.parse(await ok(["volume", "inspect", "cache"]));
  assertEquals([name, bytes, labels, machines], ["cache", 200 << 20, { tier: "build" }, []]);
  assertEquals(JSON.parse(await ok(["volume", "ls", "--json"])).length, 2);
  assertMatch(await refused(["volume", "create", "a/b"]), /"a\/b": it is not a volume name/);
  assertMatch(await refused(["volume", "create", "x1", "--size", "1m"]), /give at least 134217728 bytes/);
  assertMatch(await refused(["volume", "inspect", "none"]), /cannot find the volume none: there is none/);
  const both = await home.run(["volume", "rm", "none", "cache"]);
  assertEquals([both.code, both.stdout], [125, "cache\n"]);
  assertMatch(both.stderr, /cannot find the volume none/);
  assertEquals(await ok(["volume", "rm", "-f", "none"]), "");
  assertMatch(await ok(["volume", "prune", "-f"]), new RegExp(`^removed ${anonymous}\nfreed \\d+.* kB\n$`));
  assertEquals(await ok(["volume", "ls", "-q"]), "");
});
