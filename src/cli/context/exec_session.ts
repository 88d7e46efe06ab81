/**
 * A command in a VM that runs already, joined to this process's streams: what `microvm exec` and
 * `container exec` share.
 *
 * @module
 */
import { SmolvmError } from "../../error.ts";
import { debug } from "../../log.ts";
import type { ClientLink, ClientStream } from "../../wire/client_link.ts";
import type { ExecRequest, OpenRequest } from "../../guest_protocol/messages.ts";
import { judgeEnd } from "../../session/outcome.ts";
import { checkRequestSize } from "../../session/request_size.ts";
import { joinSession } from "../../session/session_streams.ts";
import { warn } from "../terminal/output.ts";
import { SignalForwarder } from "../terminal/signals.ts";
import { BROKEN_PIPE, canceled, INTERRUPTED, outputSink } from "../terminal/streams.ts";
import { parseDuration } from "../options/values.ts";

/** How long an agent may take to start a program, in milliseconds; its host may be busy. */
const ANSWER_MILLISECONDS = 120_000;

/** Options of both commands. */
export interface ExecOptions {
  readonly env: readonly string[];
  readonly workdir?: string;
  readonly interactive?: boolean;
  readonly user?: string;
  readonly timeout?: string;
}

/** Where a session is opened. */
export interface SessionPlace {
  readonly link: ClientLink;
  readonly request: OpenRequest;
  /** Memory of the VM, for messages. */
  readonly memoryMiB: number;
}

/**
 * Reads what is to run.
 *
 * @throws {SmolvmError} kind `usage`
 */
export function programRequest(argv: readonly string[], options: ExecOptions): Omit<ExecRequest, "kind"> {
  const words = {
    argv: [...argv],
    env: variables(options.env),
    cwd: directory(options.workdir),
    user: options.user ?? "",
  };
  checkRequestSize(words);
  return {
    ...words,
    stdin: options.interactive ?? false,
    timeoutMilliseconds: options.timeout === undefined ? 0 : parseDuration("--timeout", options.timeout),
  };
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
  const stopper = new AbortController();
  const opened: { stream?: ClientStream } = {};
  const forward = (signal: number): void =>
    opened.stream ? opened.stream.send({ kind: "signal", signal }) : stopper.abort(canceled(128 + signal));
  using _signals = new SignalForwarder(forward, () => stopper.abort(canceled(INTERRUPTED)));
  const { link, request, memoryMiB } = await Promise.race([reach(), aborted(stopper.signal)]);
  using _link = link;
  debug("machine reached");
  const stream = link.open(request);
  opened.stream = stream;
  const silent = setTimeout(() => stopper.abort(agentSilent(program)), ANSWER_MILLISECONDS);
  const broken = (): void => stopper.abort(canceled(BROKEN_PIPE));
  const session = joinSession(stream, {
    ...(interactive && { stdin: Deno.stdin.readable }),
    stdout: outputSink(Deno.stdout, broken),
    stderr: outputSink(Deno.stderr, broken),
  }, () => clearTimeout(silent));
  const end = await Promise.race([session, aborted(stopper.signal)]).finally(() => clearTimeout(silent));
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
    if (/^=|^$/.test(word)) {
      throw new SmolvmError("usage", {
        action: "set variable",
        subject: JSON.stringify(word),
        reason: "it has no name",
        remedy: "write NAME=VALUE, or NAME for the host's value",
      });
    }
    if (word.includes("=")) return [word];
    const value = Deno.env.get(word);
    return value === undefined ? [] : [`${word}=${value}`];
  });
}

function directory(path: string | undefined): string {
  if (path === undefined || path.startsWith("/")) return path ?? "";
  throw new SmolvmError("usage", {
    action: "use working directory",
    subject: path,
    reason: "it is not an absolute path",
    remedy: "begin it with a slash",
  });
}
