/**
 * `confine` itself: what it does between fork and exec, and what it says when that fails.
 *
 * @module
 */
import { confinedCommand, programReach, type Reach } from "../../src/engine/confine/confinement.ts";
import { Lifeline } from "../../src/ffi/lifeline.ts";
import { assertEquals, assertMatch, assertTrue } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { eventually } from "../harness/smolvm.ts";
import { confine, landlockVersion } from "./confine.ts";

const decoder = new TextDecoder();
const SHELL = Deno.realPathSync("/bin/sh");
const DENO = Deno.execPath();
// The C library stays open for the life of the process, for which no test is to blame.
Lifeline.open()[Symbol.dispose]();

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program confined to what it needs and some files more. */
async function run(
  program: string,
  args: readonly string[],
  more: readonly Reach[] = [],
  keep: readonly number[] = [],
): Promise<Ended> {
  const reach = [...programReach(program), ...more];
  return await output(confinedCommand(await confine(), Deno.pid, { program, args, reach, keep }));
}

async function output(command: { program: string; args: readonly string[] }): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(command.program, {
    args: [...command.args],
    clearEnv: true,
    // Deno looks for its cache, and does without.
    env: { PATH: Deno.env.get("PATH") ?? "", DENO_DIR: "/nonexistent", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test({
  name: "confine holds every thread of a Deno program, those of foreign calls too",
  ignore: await landlockVersion() === 0,
  fn: async () => {
    // krun_start_enter runs on such a thread, and libkrun's own threads come from it.
    const { stdout, stderr } = await run(DENO, [
      "eval",
      `const { symbols } = Deno.dlopen("libc.so.6", {
         open: { parameters: ["buffer", "i32"], result: "i32", nonblocking: true },
       });
       const main = () => { try { Deno.openSync("/etc/passwd"); return "open"; } catch { return "refused"; } };
       const path = new TextEncoder().encode("/etc/passwd\\0");
       console.log(main(), await symbols.open(path, 0), await Deno.readTextFile("/etc/passwd").catch(() => "refused"));`,
    ]);
    assertEquals([stdout, stderr], ["refused -1 refused\n", ""]);
  },
});

Deno.test("confine leaves a missing file out, and runs on", async () => {
  const more: Reach[] = [{ rights: "write", path: "/no/such/file" }];
  assertEquals(await run(SHELL, ["-c", "echo here; exit 3"], more), {
    code: 3,
    stdout: "here\n",
    stderr: "",
  });
});

/** Prints the descriptors that a program has beside its streams; the shell opens one of its own to look. */
const LIST = 'for fd in /proc/$$/fd/*; do n=${fd##*/}; [ "$n" -gt 2 ] && [ -p "$fd" ] && echo "$n"; done';

/** Pipes that every child of this process inherits, until they are disposed of. */
function pipes(): { readonly first: Lifeline; readonly second: Lifeline; readonly third: Lifeline } {
  return { first: Lifeline.open(), second: Lifeline.open(), third: Lifeline.open() };
}

Deno.test("confine hands on the descriptors that are named and closes all others", async () => {
  const { first, second, third } = pipes();
  using _first = first;
  using _second = second;
  using _third = third;
  const more: Reach[] = [{ rights: "read", path: "/proc" }];
  const listed = async (...keep: number[]) => (await run(SHELL, ["-c", LIST], more, keep)).stdout.split("\n");
  const of = (...kept: Lifeline[]) => [...kept.map(({ inherited }) => String(inherited)), ""];
  assertEquals(await listed(), [""]);
  assertEquals(await listed(second.inherited), of(second));
  assertEquals(await listed(third.inherited, first.inherited), of(first, third));
});

Deno.test("a descriptor that confine hands on carries what it did before", async () => {
  using pipe = Lifeline.open();
  const args = ["-c", `read line < /proc/$$/fd/${pipe.inherited}; echo "ended with $?"`];
  const vmm = { program: SHELL, args, reach: programReach(SHELL), keep: [pipe.inherited] };
  const waiting = output(confinedCommand(await confine(), Deno.pid, vmm));
  pipe[Symbol.dispose]();
  assertEquals((await waiting).stdout, "ended with 1\n");
});

Deno.test("confine opens files under the numbers that are named, and copies into memory what the program may change", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a:b`;
    const hole = 1 << 20;
    Deno.writeTextFileSync(path, "kept");
    Deno.truncateSync(path, hole);
    Deno.writeTextFileSync(path, "end", { append: true });
    const script =
      "echo mine 1<>/proc/self/fd/9; head -c 4 /proc/self/fd/9; echo; tail -c 3 /proc/self/fd/9; echo; " +
      "head -c 4 <&8; echo; stat -L -c '%s %b' /proc/self/fd/9; echo lost > /proc/self/fd/8 || echo refused";
    const opened = [
      { descriptor: 9, path, as: "memory" },
      { descriptor: 8, path, as: "file" },
    ] as const;
    const reach: Reach[] = [...programReach(SHELL), { rights: "run", path: "/usr/bin" }, {
      rights: "read",
      path: "/proc",
    }];
    const program = { program: SHELL, args: ["-c", script], reach, opened };
    const { stdout } = await output(confinedCommand(await confine(), Deno.pid, program));
    const [copy, end, file, size = "", refused] = stdout.split("\n");
    assertEquals([copy, end, file], ["mine", "end", "kept"]);
    const [bytes, blocks] = size.split(" ").map(Number);
    assertEquals([bytes, (blocks ?? 0) * 512 < hole / 2], [hole + 3, true]);
    if (await landlockVersion() > 0) assertEquals(refused, "refused");
    assertEquals(Deno.readTextFileSync(path).slice(0, 4), "kept");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("confine refuses a file that it cannot open, or a number that is none", async () => {
  const refused = async (word: string) =>
    (await output({ program: await confine(), args: [String(Deno.pid), word, "--", SHELL] })).stderr;
  assertEquals(await refused("f:9:/no/such"), "confine: cannot open /no/such: No such file or directory\n");
  assertEquals(await refused("m:9:/no/such"), "confine: cannot open /no/such: No such file or directory\n");
  assertEquals(await refused("f:9"), "confine: cannot read f:9: Invalid argument\n");
  assertMatch(await refused("f:x:/dev/null"), /^confine: cannot keep f:x:\/dev\/null: Invalid argument$/m);
});

Deno.test("confine refuses to keep what is not open, or no descriptor of its own", async () => {
  const { code, stderr } = await run(SHELL, ["-c", "echo here"], [], [999]);
  assertEquals([code, stderr], [125, "confine: cannot keep k:999: Bad file descriptor\n"]);
  for (const word of ["k:2", "k:", "k:x", "k:99999999999999999999"]) {
    const wrong = await output({ program: await confine(), args: [String(Deno.pid), word, "--", SHELL] });
    assertEquals([wrong.code, wrong.stderr], [125, `confine: cannot keep ${word}: Invalid argument\n`]);
  }
});

Deno.test("confine allows as many open files as this user may have", async () => {
  const program = { program: SHELL, args: ["-c", "ulimit -Sn; ulimit -Hn"], reach: programReach(SHELL) };
  const { program: confined, args } = confinedCommand(await confine(), Deno.pid, program);
  const script = 'ulimit -Sn 300; ulimit -Hn 700; exec "$@"';
  const allowed = async (...by: string[]) =>
    (await output({ program: SHELL, args: ["-c", script, "sh", ...by, confined, ...args] })).stdout;
  // Root with CAP_SYS_RESOURCE (24) is allowed more than the hard limit; in a container it often has none.
  const status = await Deno.readTextFile("/proc/self/status");
  const capabilities = BigInt(`0x${/CapEff:\s*([0-9a-f]+)/.exec(status)?.[1]}`);
  if ((capabilities >> 24n & 1n) === 0n) return assertEquals(await allowed(), "700\n700\n");
  assertEquals(await allowed(), "1048576\n1048576\n");
  assertEquals(await allowed("setpriv", "--bounding-set", "-sys_resource"), "700\n700\n");
});

Deno.test("confine says what failed", async () => {
  const { code, stderr } = await run("/no/such/vmm", []);
  assertEquals([code, stderr], [125, "confine: cannot run /no/such/vmm: No such file or directory\n"]);
  const strange = await output({ program: await confine(), args: [String(Deno.pid), "z:/", "--", SHELL] });
  if (await landlockVersion() > 0) {
    assertMatch(strange.stderr, /^confine: cannot read z:\/: Invalid argument$/m);
  }
});

Deno.test("confine runs nothing for a supervisor that is gone already", async () => {
  const vmm = { program: SHELL, args: ["-c", "echo here"], reach: programReach(SHELL) };
  const { code, stdout } = await output(confinedCommand(await confine(), 1, vmm));
  assertEquals([code, stdout], [128 + 9, ""]);
});

Deno.test("a confined program ends with its supervisor, however that ends", async () => {
  const vmm = { program: SHELL, args: ["-c", "echo $$; read never"], reach: programReach(SHELL) };
  const { program, args } = confinedCommand(await confine(), 0, vmm);
  // This shell is the supervisor, and is killed; the pipe keeps the confined one waiting.
  const script = 'exec 3<&0; "$0" "$$" "$@" <&3 & wait';
  const supervisor = new Deno.Command(SHELL, {
    args: ["-c", script, program, ...args.slice(1)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = supervisor.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const pid = Number((await reader.read()).value);
  assertTrue(pid > 0 && alive(pid));
  supervisor.kill("SIGKILL");
  assertTrue(await eventually(() => !alive(pid), 5_000));
  await Promise.all([supervisor.status, reader.cancel(), supervisor.stdin.close().catch(() => {})]);
});

Deno.test("confine runs a program where the kernel has no Landlock", async () => {
  // strace makes the kernel deny that it has it; the program's parent is then strace.
  const vmm = { program: SHELL, args: ["-c", "read -r line < /etc/passwd && echo $line"], reach: [] };
  const { program, args } = confinedCommand(await confine(), 0, vmm);
  const { code, stdout } = await output({
    program: "/usr/bin/strace",
    args: [
      ...["-o", "/dev/null", "-e", "inject=landlock_create_ruleset:error=ENOSYS"],
      ...[SHELL, "-c", 'exec "$0" "$PPID" "$@"', program, ...args.slice(1)],
    ],
  });
  assertEquals(code, 0);
  assertMatch(stdout, /^root:/);
});

function alive(pid: number): boolean {
  try {
    return !Deno.readTextFileSync(`/proc/${pid}/stat`).includes(") Z ");
  } catch {
    return false;
  }
}

/** A folder of the host with a file in it, until it is disposed of. */
function folderWith(name: string, text: string): { readonly path: string } & Disposable {
  const path = Deno.makeTempDirSync({ dir: "/tmp", prefix: "smolvm-bound-" });
  Deno.writeTextFileSync(`${path}/${name}`, text);
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

Deno.test({
  name:
    "confine binds folders and files at their names, read-only ones by the kernel, and nothing else is there",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    using folder = folderWith("a", "given\n");
    using kept = folderWith("b", "kept\n");
    const bound = [
      { name: "all/0", path: folder.path, readOnly: false },
      { name: "all/1", path: kept.path, readOnly: true },
      { name: "all/2", path: `${kept.path}/b`, readOnly: true },
    ];
    const script = `cd /sys; echo all/*; read line < all/0/a; echo $line; read line < all/2; echo $line
      echo made > all/0/made; for file in all/1/b all/1/new all/2 all/new; do echo x > $file || echo refused; done`;
    const reach: Reach[] = [...programReach(SHELL), { rights: "share", path: "/sys/all" }];
    const args = ["-c", script];
    const command = confinedCommand(await confine(), Deno.pid, { program: SHELL, args, reach, bound });
    const { code, stdout, stderr } = await output(command);
    assertEquals([code, stdout], [0, `all/0 all/1 all/2\ngiven\nkept\n${"refused\n".repeat(4)}`]);
    assertEquals(stderr.match(/Read-only file system/g)?.length, 4);
    assertEquals([Deno.readTextFileSync(`${folder.path}/made`), Deno.readTextFileSync(`${kept.path}/b`)], [
      "made\n",
      "kept\n",
    ]);
  },
});

Deno.test("confine says what cannot be bound, and runs nothing", async () => {
  const bound = [{ name: "x", path: "/no/such/folder", readOnly: true }];
  const program = { program: SHELL, args: ["-c", "echo ran"], reach: programReach(SHELL), bound };
  const { code, stdout, stderr } = await output(confinedCommand(await confine(), Deno.pid, program));
  assertEquals([code, stdout], [125, ""]);
  assertMatch(stderr, /^confine: cannot (share \/no\/such\/folder|make the namespace that shared)/);
});

Deno.test("confine refuses the setuid bit to a program with shares, and all other modes not", async () => {
  using folder = folderWith("a", "");
  const python = Deno.realPathSync("/usr/bin/python3");
  const script = `import os
os.chdir("${folder.path}")
def attempt(name, act):
    try: act(); print(name, "done")
    except OSError as error: print(name, error.strerror)
attempt("chmod", lambda: os.chmod("a", 0o4755))
attempt("fchmod", lambda: os.fchmod(os.open("a", os.O_RDONLY), 0o6755))
attempt("create", lambda: os.open("b", os.O_CREAT | os.O_WRONLY, 0o4755))
attempt("mknod", lambda: os.mknod("c", 0o104755))
attempt("plain", lambda: os.chmod("a", 0o1777))
attempt("setgid", lambda: os.mkdir("d", 0o2755))
attempt("fifo", lambda: os.mkfifo("f"))
attempt("device", lambda: os.mknod("g", 0o20666, os.makedev(1, 3)))`;
  const { stdout, stderr } = await run(python, ["-I", "-S", "-c", script], [
    { rights: "share", path: folder.path },
    { rights: "run", path: "/usr" },
  ]);
  const said = Object.fromEntries(stdout.trim().split("\n").map((line) => line.split(/ (.*)/).slice(0, 2)));
  assertEquals(
    [said.chmod, said.fchmod, said.create, said.mknod],
    Array(4).fill("Operation not permitted"),
    stderr,
  );
  assertEquals([said.plain, said.setgid, said.fifo], ["done", "done", "done"]);
  assertTrue(said.device !== "done" || await landlockVersion() === 0);
});
