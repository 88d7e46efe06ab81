/**
 * A command in a VM that runs already, joined to this process's streams: what `microvm exec` and
 * `container exec` share.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { debug } from "../../log.ts";
import type { SupervisorLink } from "../../client/connect.ts";
import type { ExecRequest } from "../../guest_protocol/messages.ts";
import type { SupervisorRequest } from "../../supervisor_protocol/messages.ts";
import { judgeEnd } from "../../session/outcome.ts";
import { checkDirectory, readVariable } from "../../session/program_words.ts";
import { programOf } from "../../session/program_handle.ts";
import { checkRequestSize } from "../../session/request_size.ts";
import { joinSession } from "../../session/session_streams.ts";
import {
  programFlags,
  type ProgramOptions,
  type SessionOptions,
  timeLimit,
} from "../options/program_options.ts";
import { warn } from "../terminal/output.ts";
import { SessionSignals } from "../terminal/session_signals.ts";
import { outputSink } from "../terminal/streams.ts";

/** How long an agent may take to start a program, in milliseconds; its host may be busy. */
const ANSWER_MILLISECONDS = 120_000;

/** Where a session is opened. */
export interface SessionPlace {
  readonly link: SupervisorLink;
  readonly request: SupervisorRequest;
  /** Memory of the VM, for messages. */
  readonly memoryMiB: number;
}

/**
 * Reads what is to run.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function programRequest(
  argv: readonly string[],
  options: ProgramOptions & SessionOptions,
): Omit<ExecRequest, "kind"> {
  const { env, cwd = "", user = "" } = programFlags(options);
  const words = { argv: [...argv], env: variables(env), cwd: cwd === "" ? "" : checkDirectory(cwd), user };
  checkRequestSize(words);
  return { ...words, stdin: options.interactive ?? false, timeoutMilliseconds: timeLimit(options) };
}

/**
 * Runs a session to its end, signals passed on.
 *
 * @param program for messages
 * @param reach finds the place; a signal meanwhile ends the command
 * @returns the exit code
 */
export async function runSession(
  program: string,
  interactive: boolean,
  reach: () => Promise<SessionPlace>,
): Promise<number> {
  using signals = new SessionSignals();
  const { signal } = signals;
  const { link, request, memoryMiB } = await Promise.race([reach(), aborted(signal)]);
  using _link = link;
  debug("machine reached");
  const stream = link.open(request);
  signals.opened(programOf(stream));
  const mute = new AbortController();
  const silent = setTimeout(() => mute.abort(agentSilent(program)), ANSWER_MILLISECONDS);
  const session = joinSession(stream, {
    ...(interactive && { stdin: Deno.stdin.readable }),
    stdout: outputSink(Deno.stdout, signals.broken),
    stderr: outputSink(Deno.stderr, signals.broken),
  }, () => clearTimeout(silent));
  const end = await Promise.race([session, aborted(AbortSignal.any([signal, mute.signal]))])
    .finally(() => clearTimeout(silent));
  debug("session over", { end });
  if (!end) {
    const { reason = "its session was cut off" } = await stream.ended;
    throw new SmolvmError("guest", { action: "run", subject: program, reason });
  }
  const outcome = judgeEnd(end, program, memoryMiB);
  if (outcome.notice !== undefined) warn(outcome.notice);
  return outcome.exitCode;
}

function agentSilent(program: string): SmolvmError {
  return new SmolvmError("guest", {
    action: "run",
    subject: program,
    reason: `the agent of its machine did not answer within ${ANSWER_MILLISECONDS / 1000} s`,
    remedy: "see smolvm microvm status; smolvm microvm stop ends the machine",
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}

function variables(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const { name, value } = readVariable(word, (name) => Deno.env.get(name));
    return value === undefined ? [] : [`${name}=${value}`];
  });
}
