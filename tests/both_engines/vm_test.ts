/**
 * What `smolvm microvm run` promises on every engine: a VM boots, its command's streams and exit code arrive, its
 * memory and disk have the size that was asked for, and whoever is killed leaves nothing.
 *
 * @module
 */
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import { type Ended, eventually, Home, processesWith } from "../harness/smolvm.ts";

const home = new Home();
home.removeAtUnload();

function run(...args: string[]): Promise<Ended> {
  return home.run(["microvm", "run", ...args]);
}

/** Runs a script in Alpine's shell. */
function sh(script: string, ...options: string[]): Promise<Ended> {
  return run(...options, "alpine", "sh", "-c", script);
}

Deno.test("run prints what the command prints, and leaves nothing", async () => {
  assertEquals(await run("alpine:latest", "echo", "Hello World"), {
    code: 0,
    stdout: "Hello World\n",
    stderr: "",
  });
  assertEquals(home.leftovers(), []);
  assertEquals(processesWith(home.path), []);
});

Deno.test("run passes streams, exit codes and words on as they are", async () => {
  const ended = await sh("echo out; echo err >&2; exit 42");
  assertEquals([ended.code, ended.stdout, ended.stderr], [42, "out\n", "err\n"]);
  const words = await run("alpine", "printf", "[%s]", "a b", "", "-x", "--", "*");
  assertEquals(words.stdout, "[a b][][-x][--][*]");
});

Deno.test("run tells a lack of memory from other kills", async () => {
  const [eaten, killed] = [
    await sh("exec tail /dev/zero", "--mem", "256"),
    await sh("kill -9 $$", "--init"),
  ];
  assertEquals(eaten, {
    code: 137,
    stdout: "",
    stderr: "smolvm: sh ran out of memory (the VM has 256 MiB); give more with --mem\n",
  });
  assertEquals(killed, { code: 137, stdout: "", stderr: "" });
});

Deno.test("run bounds the scratch disk, and a full one is an error inside", async () => {
  const script = "dd if=/dev/zero of=/big bs=1M count=400; echo $?; rm /big; echo again > /file && cat /file";
  const full = await sh(script, "--disk", "256M");
  assertEquals([full.code, full.stdout], [0, "1\nagain\n"]);
  assertMatch(full.stderr, /^dd: error writing '\/big': No space left on device\n/);
  const size = await sh("df -m / | tail -1 | awk '{print $2}'", "--disk", "3G");
  assertTrue(Number(size.stdout) > 2_700 && Number(size.stdout) < 3_100, size.stdout);
});

Deno.test({
  name: "a full disk of the host is an I/O error inside, and the command still ends by itself",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    const folder = `${home.path}/cache/scratch`;
    Deno.mkdirSync(folder, { recursive: true });
    const mount = (program: string, ...args: string[]) => new Deno.Command(program, { args }).output();
    assertTrue((await mount("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder)).success);
    try {
      // Written through to the disk, then what comes behind it, then the command's own end.
      const ended = await sh("dd if=/dev/zero of=/big bs=1M count=100 conv=fsync; echo $?; ls /big; exit 7");
      assertEquals([ended.code, ended.stdout], [7, "1\n/big\n"]);
      assertMatch(ended.stderr, /^dd: .*(I\/O error|Read-only file system)/);
      // More than once: the system gives the room of the run before back when it gets to it.
      for (let filler = 0; filler < 10; filler++) {
        await Deno.writeFile(`${folder}/filler${filler}`, new Uint8Array(25 << 20)).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const begun = await run("alpine", "true");
      assertEquals([begun.code, begun.stdout], [125, ""]);
      assertMatch(
        begun.stderr,
        /^smolvm: cannot make a disk .*: no space is left on the disk; free some space there\n$/,
      );
    } finally {
      await mount("umount", "-l", folder);
    }
  },
});

Deno.test("kill -9 of the CLI leaves no process and no file", async () => {
  const child = home.start(["vm", "run", "alpine", "sleep", "100"]);
  assertTrue(await eventually(() => processesWith(`${home.path}/cache/parts`).length > 0, 5_000));
  child.kill("SIGKILL");
  await child.output();
  assertTrue(await eventually(() => processesWith(home.path).length === 0, 2_000));
  assertEquals((await run("alpine", "true")).code, 0);
  assertEquals(home.leftovers(), []);
});

Deno.test("kill -9 of the VMM is one line and 125", async () => {
  const child = home.start(["vm", "run", "alpine", "sh", "-c", "echo ready; sleep 100"]);
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  for (const pid of processesWith(`${home.path}/cache/parts`).filter((pid) => pid !== child.pid)) {
    Deno.kill(pid, "SIGKILL");
  }
  const { code, stderr } = await child.output();
  assertEquals(code, 125);
  assertMatch(new TextDecoder().decode(stderr), /^smolvm: cannot /);
});
