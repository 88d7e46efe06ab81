/**
 * One session that runs one program: launches it, carries its streams, forwards requests, and tells how it
 * ended after all its output.
 *
 * @module
 */
import type { GuestMessages } from "../../src/guest_protocol/messages.ts";
import type { ServerStream } from "../../src/wire/server_link.ts";
import type { Exit } from "../process/exits.ts";
import { point } from "../points.ts";
import { signalChild } from "../process/reaper.ts";
import { launch } from "../process/spawn.ts";
import type { PreparedProgram } from "../program/prepared.ts";
import { launchError } from "./launch_error.ts";
import { openStdio } from "./open_stdio.ts";
import type { CarriedTerminal, Stdio } from "./stdio.ts";
import { TimeLimit } from "./time_limit.ts";

const SIGHUP = 1;

/** How long a program may go on whose terminal's line was cut because its host is gone, in milliseconds. */
const HANG_UP_MILLISECONDS = 1_000;

/** What a session asks of a program beside the plan. */
export interface ProgramOptions {
  /** argv[0], for messages. */
  readonly name: string;
  readonly stdio: Stdio;
  /** 0: no limit. */
  readonly timeoutMilliseconds: number;
}

/**
 * Runs a prepared program on a stream to its end. The caller disposes the program and closes the stream.
 *
 * @throws {LaunchError} when the program could not be started
 */
export async function runProgram(
  stream: ServerStream<GuestMessages>,
  program: PreparedProgram,
  options: ProgramOptions,
): Promise<void> {
  using stdio = openStdio(options.stdio);
  point("pipes");
  const launched = await launch(program.steps, stdio.streams);
  point("launched");
  if (!launched.ok) throw launchError(launched, options.name);
  program.started?.(launched.pid);
  stream.send({ kind: "started", pid: launched.pid });
  const carried = stdio.carry(stream);
  // Fails only when the session has ended, which awaitExit sees as well.
  serveRequests(stream, program, launched.pid, carried.terminal).catch(() => {});
  using limit = new TimeLimit(options.timeoutMilliseconds);
  const { exit, timedOut } = await awaitExit(stream, program, launched.exit, limit, carried.terminal);
  point("reaped");
  carried.programEnded();
  // Its children in the background may go on writing; they are not waited for beyond the time limit.
  limit.onceOver(() => carried.leave());
  await carried.done;
  point("output");
  const outOfMemory = program.outOfMemory();
  stream.send({ kind: "exited", code: exit.code, signal: exit.signal, outOfMemory, timedOut });
  point("exited");
}

/** Waits for the end; a time limit or a host that is gone brings it about. */
async function awaitExit(
  stream: ServerStream<GuestMessages>,
  program: PreparedProgram,
  ended: Promise<Exit>,
  limit: TimeLimit,
  terminal: CarriedTerminal | undefined,
): Promise<{ exit: Exit; timedOut: boolean }> {
  let timedOut = false;
  limit.onceOver(() => {
    timedOut = true;
    program.kill();
  });
  let over = false;
  let late: number | undefined;
  void stream.ended.then(() => {
    // Once the program has ended, its children in the background are left alone.
    if (over) return;
    terminal?.hangUp();
    if (!terminal) return program.kill();
    late = setTimeout(() => program.kill(), HANG_UP_MILLISECONDS);
  });
  const exit = await ended;
  over = true;
  clearTimeout(late);
  return { exit, timedOut };
}

/**
 * Passes requests on for as long as the program runs: after its end the session may go on with its output. A SIGHUP
 * for a program with a terminal is a terminal whose line is cut.
 */
async function serveRequests(
  stream: ServerStream<GuestMessages>,
  program: PreparedProgram,
  pid: number,
  terminal: CarriedTerminal | undefined,
): Promise<void> {
  for (let request = await stream.nextMessage(); request; request = await stream.nextMessage()) {
    if (request.kind === "resize") {
      terminal?.resize(request);
      continue;
    }
    signalChild(pid, program.signals, request.signal);
    if (request.signal === SIGHUP) terminal?.hangUp();
  }
}
