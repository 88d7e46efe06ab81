/**
 * Starts a program through the launcher: hands it a plan and its standard streams, and hears back the
 * program's pid or the step that failed.
 *
 * @module
 */
import { cString } from "../../src/ffi/cstring.ts";
import { point } from "../points.ts";
import { describeStep, encodePlan, type Step } from "../launch/plan.ts";
import { Descriptor } from "../syscalls/descriptor.ts";
import { libc, SyscallError } from "../syscalls/libc.ts";
import type { Exit } from "./exits.ts";
import { expectChild } from "./reaper.ts";

/** Where the launcher lies in the guest root. */
export const LAUNCHER = "/sbin/smolvm-launch";

/** launch.c: a status record whose first word is this tells the program's pid. */
const IS_PID = 0xffff_ffff;

/** sizeof(posix_spawn_file_actions_t) is 80 with glibc; the rest is room. */
const FILE_ACTIONS_BYTES = 256;

/** The program's standard streams; the caller closes its copies. */
export interface StandardStreams {
  readonly stdin: Descriptor;
  readonly stdout: Descriptor;
  readonly stderr: Descriptor;
  /** Over which the launcher hands the other end of a terminal that it makes in their place. */
  readonly terminal?: Descriptor;
}

/** What came of a launch. */
export type Launched =
  | {
    readonly ok: true;
    readonly pid: number;
    /** Settles when the program has ended. */
    readonly exit: Promise<Exit>;
  }
  | {
    readonly ok: false;
    readonly errno: number;
    readonly step: string;
    readonly op: Step["op"] | undefined;
  };

/**
 * Launches a program.
 *
 * @param steps the plan; its last step is `exec`
 * @param streams descriptors 0, 1 and 2 of the program
 * @param launcher path of the launcher; tests give their own
 * @throws {SyscallError} when the launcher itself cannot be started
 */
export async function launch(
  steps: readonly Step[],
  streams: StandardStreams,
  launcher: string = LAUNCHER,
): Promise<Launched> {
  using plan = Descriptor.memory(encodePlan(steps));
  const status = Descriptor.pipe("read");
  using reader = status.read;
  using child = expectChild();
  point("plan");
  let launcherPid: number;
  try {
    const { stdin, stdout, stderr, terminal } = streams;
    const descriptors = [stdin, stdout, stderr, plan, status.write];
    launcherPid = spawn(launcher, terminal ? [...descriptors, terminal] : descriptors);
  } finally {
    status.write.close();
  }
  point("spawned");
  const launcherExit = child.claim(launcherPid);
  const records = await readRecords(reader);
  const failure = records.find(([what]) => what !== IS_PID);
  // The launcher of a plan that forks ends at once, and its code says nothing.
  const forked = records.find(([what]) => what === IS_PID)?.[1];
  const forks = steps.some((step) => step.op === "fork");
  if (!failure && forked !== undefined) return { ok: true, pid: forked, exit: child.claim(forked) };
  if (!failure && !forks) return { ok: true, pid: launcherPid, exit: launcherExit };
  const step = failure ? steps[failure[0]] : undefined;
  return { ok: false, errno: failure?.[1] ?? 0, step: failure ? describeStep(step) : "fork", op: step?.op };
}

/** The descriptors become 0, 1, 2, … of the child; everything else of the agent is close-on-exec. */
function spawn(path: string, descriptors: readonly Descriptor[]): number {
  const actions = new Uint8Array(FILE_ACTIONS_BYTES);
  libc.posix_spawn_file_actions_init(actions);
  try {
    // Copied to numbers above all of these first, then to 0, 1, 2, …: no copy replaces one that is still needed.
    const free = Math.max(...descriptors.map(({ fd }) => fd), descriptors.length) + 1;
    const parked = descriptors.map(({ fd }, index) => ({ from: fd, to: free + index }));
    for (const { from, to } of parked) libc.posix_spawn_file_actions_adddup2(actions, from, to);
    parked.forEach(({ to }, index) => libc.posix_spawn_file_actions_adddup2(actions, to, index));
    const pid = new Int32Array(1);
    const argument = cString(path);
    const argv = pointers([argument]);
    const envp = pointers([]);
    const code = libc.posix_spawn(new Uint8Array(pid.buffer), argument, actions, null, argv, envp);
    if (code !== 0) throw new SyscallError(`posix_spawn ${path}`, code);
    return pid[0] ?? -1;
  } finally {
    libc.posix_spawn_file_actions_destroy(actions);
  }
}

/** A NULL-terminated char*[]; the strings must outlive the call. */
function pointers(strings: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const array = new BigUint64Array(strings.length + 1);
  strings.forEach((string, index) => array[index] = Deno.UnsafePointer.value(Deno.UnsafePointer.of(string)));
  return new Uint8Array(array.buffer);
}

/** All status records: the pipe ends when the program was executed or the launcher is gone. */
async function readRecords(reader: Descriptor): Promise<[number, number][]> {
  const bytes: number[] = [];
  const buffer = new Uint8Array(64);
  for (let count = await reader.read(buffer); count !== null; count = await reader.read(buffer)) {
    bytes.push(...buffer.subarray(0, count));
  }
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const records: [number, number][] = [];
  for (let at = 0; at + 8 <= view.byteLength; at += 8) {
    records.push([view.getUint32(at, true), view.getUint32(at + 4, true)]);
  }
  return records;
}
