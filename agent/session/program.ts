/**
 * One session that runs one program: launches it, carries its streams, forwards requests, and tells how it
 * ended after all its output.
 *
 * @module
 */
import type { ServerStream } from "../../src/wire/server_link.ts";
import { Channel } from "../../src/wire/stream.ts";
import { errnoName } from "../../src/ffi/errno.ts";
import type { Exit } from "../process/exits.ts";
import { signalChild } from "../process/reaper.ts";
import { launch, type Launched } from "../process/spawn.ts";
import { Descriptor, OpenMode } from "../syscalls/descriptor.ts";
import { LaunchError, type PreparedProgram } from "../program/prepared.ts";
import { OutputPump, pumpInput } from "./pump.ts";

/** What a session asks of a program beside the plan. */
export interface ProgramOptions {
  /** argv[0], for messages. */
  readonly name: string;
  readonly stdin: boolean;
  /** 0: no limit. */
  readonly timeoutMilliseconds: number;
}

/** Runs a prepared program on a stream to its end. The caller disposes the program and closes the stream. */
export async function runProgram(
  stream: ServerStream,
  program: PreparedProgram,
  options: ProgramOptions,
): Promise<void> {
  const stdin = options.stdin
    ? Descriptor.pipe("write")
    : { read: Descriptor.open("/dev/null", OpenMode.read) };
  const [stdout, stderr] = [Descriptor.pipe("read"), Descriptor.pipe("read")];
  using unused = new DisposableStack();
  for (const end of [stdout.read, stderr.read, ...("write" in stdin ? [stdin.write] : [])]) unused.use(end);
  let launched: Launched;
  try {
    launched = await launch(program.steps, { stdin: stdin.read, stdout: stdout.write, stderr: stderr.write });
  } finally {
    for (const end of [stdin.read, stdout.write, stderr.write]) end.close();
  }
  if (!launched.ok) throw launchError(launched, options.name);
  // From here on the pumps close them.
  unused.move();
  program.started?.(launched.pid);
  stream.send({ kind: "started", pid: launched.pid });
  const pumps = [
    new OutputPump(stdout.read, stream, Channel.stdout),
    new OutputPump(stderr.read, stream, Channel.stderr),
  ];
  if ("write" in stdin) quietly(pumpInput(stream, Channel.stdin, stdin.write));
  quietly(serveRequests(stream, program, launched.pid));
  using deadline = new Deadline(options.timeoutMilliseconds);
  const { exit, timedOut } = await awaitExit(stream, program, launched.exit, deadline);
  for (const pump of pumps) pump.programEnded();
  // What it left in the background may go on writing; it is not waited for beyond the time limit.
  deadline.call(() => pumps.forEach((pump) => pump.leave()));
  await Promise.all(pumps.map((pump) => pump.done));
  const outOfMemory = program.outOfMemory();
  stream.send({ kind: "exited", code: exit.code, signal: exit.signal, outOfMemory, timedOut });
}

/** A session's time limit. Disposing ends it. */
class Deadline implements Disposable {
  readonly #timer: number | undefined;
  #expired = false;
  #action = (): void => {};

  /** @param milliseconds 0: none */
  constructor(milliseconds: number) {
    if (milliseconds === 0) return;
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#action();
    }, milliseconds);
  }

  /** Has this done when the time is up, in place of what was to be done before; at once when it is. */
  call(action: () => void): void {
    this.#action = action;
    if (this.#expired) action();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** Waits for the end; a timeout or a host that is gone brings it about. */
async function awaitExit(
  stream: ServerStream,
  program: PreparedProgram,
  ended: Promise<Exit>,
  deadline: Deadline,
): Promise<{ exit: Exit; timedOut: boolean }> {
  let timedOut = false;
  deadline.call(() => {
    timedOut = true;
    program.kill();
  });
  let over = false;
  void stream.ended.then(() => {
    // What a program that has ended left in the background may live on.
    if (!over) program.kill();
  });
  const exit = await ended;
  over = true;
  return { exit, timedOut };
}

/** Passes signals on for as long as the program runs: after its end the session may go on with its output. */
async function serveRequests(stream: ServerStream, program: PreparedProgram, pid: number): Promise<void> {
  for (let request = await stream.nextMessage(); request; request = await stream.nextMessage()) {
    signalChild(pid, program.signals, request.signal);
  }
}

/** A session's side work may fail only by the session's end, which its main line sees as well. */
function quietly(work: Promise<void>): void {
  work.catch(() => {});
}

const ENOENT = 2;
const E2BIG = 7;
const ENOEXEC = 8;
const EACCES = 13;
const ENOTDIR = 20;
const EISDIR = 21;
const EPERM = 1;

/** Exit codes of a program that cannot be executed: 127 not found, 126 not executable (POSIX, exec). */
function launchError(launched: Launched & { ok: false }, name: string): LaunchError {
  const { errno, step, op } = launched;
  // Only a program that joins a container opens or enters anything (container/join.ts).
  if (op === "open" || op === "setns") {
    return new LaunchError({ exitCode: 125, reason: "its container has just ended", subject: name, step });
  }
  if (op !== "exec") {
    const reason = errno === 0 ? "the launcher ended early" : `${step}: ${errnoName(errno)}`;
    return new LaunchError({ exitCode: op === "chdir" ? 126 : 125, reason, subject: name, step });
  }
  const exitCode = errno === ENOENT || errno === ENOTDIR ? 127 : 126;
  const reason = ({
    [ENOENT]: name.includes("/") ? "no such file or directory" : "not found in PATH",
    [EACCES]: "permission denied",
    [EPERM]: "permission denied",
    [EISDIR]: "is a directory",
    [ENOEXEC]: "exec format error",
    [E2BIG]: "argument list too long",
  } as Record<number, string>)[errno] ?? errnoName(errno);
  return new LaunchError({ exitCode, reason, subject: name, step });
}
