/**
 * What a user has over an upgrade: the machines of a version before run with today's binary, and a machine that runs while its
 * binary is replaced goes on, with its parts, and is reached. In VMs: `deno task test:versions`.
 *
 * @module
 */
import { assertEquals, assertTrue } from "../harness/assert.ts";
import { goldenHome, goldenVersions } from "../harness/golden_home.ts";
import { BINARY, Home } from "../harness/smolvm.ts";

for (const version of goldenVersions) {
  Deno.test(`a machine of ${version} runs, with what it had on its disk and in its volume`, async () => {
    await using home = await goldenHome(version);
    const read = await home.run(["vm", "exec", "--name", "kept", "cat", "/root/kept", "/data/file"]);
    assertEquals([read.code, read.stdout, read.stderr], [0, "kept\nstored\n", ""]);
    assertEquals((await home.run(["vm", "stop", "kept"])).code, 0);
    const started = await home.run(["vm", "start", "-d", "made"]);
    assertEquals(
      [started.code, started.stderr],
      [127, "smolvm: cannot start the machine made: /never: no such file or directory\n"],
    );
  });
}

Deno.test("a machine whose binary is replaced keeps running with its parts, and the new binary reaches and stops it", async () => {
  await using home = new Home();
  const [old, fresh] = [`${home.path}/smolvm`, `${home.path}/smolvm.new`];
  Deno.copyFileSync(BINARY, old);
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await new Deno.Command(old, { args, clearEnv: true, env: home.env() })
      .output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };
  await run("vm", "create", "--name", "web", "--disk", "128M");
  await run("vm", "start", "-d", "web");
  await run("vm", "exec", "--name", "web", "sh", "-c", "echo kept > /root/kept");
  const parts = () => [...Deno.readDirSync(`${home.path}/cache/parts`)].map(({ name }) => name).sort();
  const before = parts();
  // As a package manager does it: another file, by one rename.
  Deno.copyFileSync(BINARY, fresh);
  Deno.renameSync(fresh, old);
  // A sweep, which is due where none has been, finds the old binary's parts used.
  await Deno.remove(`${home.path}/cache/uses/swept`).catch(() => {});
  assertEquals(await run("run", "alpine", "echo", "new"), "new\n");
  for (const digest of before) assertTrue(parts().includes(digest), digest);
  assertEquals(await run("vm", "exec", "--name", "web", "cat", "/root/kept"), "kept\n");
  await run("vm", "stop", "web");
  assertEquals(await run("vm", "exec", "--name", "web", "cat", "/root/kept"), "kept\n");
  await run("vm", "delete", "--force", "web");
});
