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

Deno.test("confine refuses to keep what is not open, or no descriptor of its own", async () => {
  const { code, stderr } = await run(SHELL, ["-c", "echo here"], [], [999]);
  assertEquals([code, stderr], [125, "confine: cannot keep k:999: Bad file descriptor\n"]);
  for (const word of ["k:2", "k:", "k:x", "k:99999999999999999999"]) {
    const wrong = await output({ program: await confine(), args: [String(Deno.pid), word, "--", SHELL] });
    assertEquals([wrong.code, wrong.stderr], [125, `confine: cannot keep ${word}: Invalid argument\n`]);
  }
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
