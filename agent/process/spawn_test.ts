import { assertEquals, assertRejects } from "../../tests/harness/assert.ts";
import { guestTest, inGuestRoot } from "../../tests/harness/guest_root.ts";
import type { Step } from "../launch/plan.ts";
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { nullStreams } from "./null_streams.ts";
import { launch } from "./spawn.ts";

const CLONE_NEWPID = 0x2000_0000;

function sh(script: string): Step {
  return { op: "exec", argv: ["sh", "-c", script], env: ["PATH=/usr/bin:/bin"] };
}

/** Launches with output into a file. */
async function run(steps: readonly Step[]): Promise<{ code: number | null; said: string; pid: number }> {
  using streams = nullStreams();
  Deno.writeTextFileSync("/tmp/said", "");
  using said = Descriptor.open("/tmp/said", OpenMode.write);
  const launched = await launch(steps, { ...streams, stdout: said, stderr: said });
  if (!launched.ok) throw new Error(`${launched.step}: errno ${launched.errno}`);
  const { code } = await launched.exit;
  return { code, said: Deno.readTextFileSync("/tmp/said"), pid: launched.pid };
}

inGuestRoot(import.meta.url, () => {
  guestTest("launch() gives a program its three streams and nothing else", async () => {
    const { code, said } = await run([sh("ls /proc/$$/fd; readlink /proc/$$/fd/0; exit 7")]);
    assertEquals([code, said.split("\n").filter((line) => /^\d+$/.test(line))], [7, ["0", "1", "2"]]);
    assertEquals(said.includes("/dev/null"), true);
  });

  guestTest("launch() tells the pid of the program, also of one that forks into a namespace", async () => {
    const plain = await run([sh("echo $$")]);
    assertEquals(plain.said, `${plain.pid}\n`);
    const forked = await run([{ op: "unshare", flags: CLONE_NEWPID }, { op: "fork" }, sh("echo $$")]);
    assertEquals(forked.said, "1\n");
    assertEquals(forked.pid > 1, true);
  });

  guestTest("launch() names the step that failed and its errno", async () => {
    using streams = nullStreams();
    const missing = await launch([{ op: "exec", argv: ["/no/such"], env: [] }], streams);
    assertEquals(missing, { ok: false, errno: 2, step: "exec", op: "exec" });
    const folder = await launch([{ op: "setsid" }, { op: "chdir", path: "/no/such" }, sh("true")], streams);
    assertEquals(folder, { ok: false, errno: 2, step: "chdir /no/such", op: "chdir" });
    const unfinished = await launch([{ op: "setsid" }], streams);
    assertEquals(unfinished.ok, false);
  });

  guestTest("launch() throws when the launcher is not there", async () => {
    using streams = nullStreams();
    await assertRejects(
      () => launch([sh("true")], streams, "/no/launcher"),
      SyscallError,
      "posix_spawn /no/launcher",
    );
  });

  guestTest("the launcher hides a file and a folder, and leaves what is not there", async () => {
    Deno.mkdirSync("/tmp/masked/folder", { recursive: true });
    Deno.writeTextFileSync("/tmp/masked/folder/file", "text");
    Deno.writeTextFileSync("/tmp/masked/file", "text");
    const { said } = await run([
      { op: "unshare", flags: 0x0002_0000 },
      { op: "mount", source: "", target: "/", type: "", flags: 16_384 | 1 << 18 },
      ...["folder", "file", "none"].map((name): Step => ({ op: "mask", path: `/tmp/masked/${name}` })),
      sh("cd /tmp/masked; ls folder | wc -l; wc -c < file; touch folder/new; echo x > file; ls"),
    ]);
    const [files, bytes, touch, ...rest] = said.trim().split("\n");
    assertEquals([files, bytes, /Read-only/.test(touch ?? "")], ["0", "0", true]);
    assertEquals(rest, ["file", "folder"]);
    assertEquals(Deno.readTextFileSync("/tmp/masked/file"), "text");
  });

  guestTest("the launcher gives a node an owner, and a program no new privileges", async () => {
    const { said } = await run([
      { op: "umask", mask: 0 },
      { op: "mknod", path: "/tmp/node", mode: 0o020640, major: 10, minor: 229 },
      { op: "chown", path: "/tmp/node", uid: 5, gid: 6 },
      { op: "noNewPrivs" },
      sh("stat -c '%u %g %a %t %T' /tmp/node; grep NoNewPrivs /proc/self/status"),
    ]);
    assertEquals(said, "5 6 640 a e5\nNoNewPrivs:\t1\n");
  });

  guestTest("the launcher clones a mount with what is mounted below it, or without", async () => {
    Deno.mkdirSync("/tmp/tree/below", { recursive: true });
    for (const name of ["with", "without"]) Deno.mkdirSync(`/tmp/${name}`);
    const clone = (slot: number, recursive: boolean): Step => ({
      op: "tree",
      slot,
      path: "/tmp/tree",
      recursive,
    });
    const { said } = await run([
      { op: "unshare", flags: 0x0002_0000 },
      { op: "mount", source: "", target: "/", type: "", flags: 16_384 | 1 << 18 },
      { op: "mount", source: "t", target: "/tmp/tree/below", type: "tmpfs", flags: 0 },
      { op: "mkdir", path: "/tmp/tree/below/seen", mode: 0o755 },
      clone(0, true),
      clone(1, false),
      { op: "bind", slot: 0, target: "/tmp/with", flags: 0 },
      { op: "bind", slot: 1, target: "/tmp/without", flags: 1 },
      sh("ls /tmp/with/below; ls /tmp/without/below; touch /tmp/with/a; touch /tmp/without/b"),
    ]);
    assertEquals(said.replace(/:.*Read-only.*/, ": read-only"), "seen\ntouch: read-only\n");
  });
});
