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

Deno.test("run passes streams and exit codes on as they are", async () => {
  const ended = await sh("echo out; echo err >&2; exit 42");
  assertEquals([ended.code, ended.stdout, ended.stderr], [42, "out\n", "err\n"]);
});

Deno.test("run gives the VM the memory that was asked for, and says when that is too little", async () => {
  assertEquals(await sh("exec tail /dev/zero", "--mem", "128"), {
    code: 137,
    stdout: "",
    stderr: "smolvm: sh ran out of memory (the VM has 128 MiB); give more with --mem\n",
  });
});

Deno.test("run bounds the scratch disk, and a full one is an error inside", async () => {
  const script = "df -m / | tail -1 | awk '{print $2}'; dd if=/dev/zero of=/big bs=1M count=200; echo $?; " +
    "rm /big; echo again > /file && cat /file";
  const { code, stdout, stderr } = await sh(script, "--disk", "128M");
  const [size, ...rest] = stdout.split("\n");
  assertEquals([code, rest], [0, ["1", "again", ""]]);
  assertTrue(Number(size) > 90 && Number(size) < 128, size);
  assertMatch(stderr, /^dd: error writing '\/big': No space left on device\n/);
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

Deno.test("a shared folder is the host's, and one that is read-only stays as it is", async () => {
  const [folder, kept] = ["folder", "kept"].map((name) => `${home.path}/${name}`);
  for (const path of [folder ?? "", kept ?? ""]) {
    Deno.mkdirSync(path);
    Deno.writeTextFileSync(`${path}/file`, "given\n");
  }
  const script = `cat /a/file /b/file; echo made > /a/made; ln /a/made /a/hard; mv /a/hard /a/moved
    for act in 'echo x > /b/file' 'rm /b/file' 'touch /b/new' 'chmod 600 /b/file'; do sh -c "$act" && echo "$act"; done; true`;
  const words = ["-v", `${folder}:/a`, "-v", `${kept}:/b:ro`, "alpine", "sh", "-c", script];
  const { code, stdout } = await home.run(["vm", "run", ...words]);
  assertEquals([code, stdout], [0, "given\ngiven\n"]);
  assertEquals(Deno.readTextFileSync(`${folder}/moved`), "made\n");
  assertEquals([...Deno.readDirSync(kept ?? "")].map(({ name }) => name), ["file"]);
  assertEquals(Deno.readTextFileSync(`${kept}/file`), "given\n");
});
