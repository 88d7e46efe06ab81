/**
 * Runs a program in a machine or a container for a command: joined to this process's streams and signals.
 *
 * @module
 */
import { type ProgramRequest, programRequest } from "../../actions/program_request.ts";
import type { SessionPlace } from "../../actions/open_session.ts";
import { runSession } from "../../actions/run_session.ts";
import type { MachineContext } from "../../actions/machine_context.ts";
import {
  programFlags,
  type ProgramOptions,
  type SessionOptions,
  timeLimit,
} from "../options/program_options.ts";
import { warn } from "../terminal/output.ts";
import { SessionSignals } from "../terminal/session_signals.ts";
import { openTerminal } from "../terminal/session_terminal.ts";
import { processStreams } from "../terminal/streams.ts";
import { processHost } from "./process_host.ts";
import { withMachines } from "./machines.ts";

/**
 * Runs a program to its end.
 *
 * @param place finds where it runs; a signal meanwhile ends the command
 * @returns the exit code
 * @throws {SmolvmError} kind `usage`, before anything is touched, and what the session throws
 */
export async function runInSession(
  argv: readonly string[],
  options: ProgramOptions & SessionOptions,
  place: (program: ProgramRequest, context: MachineContext) => Promise<SessionPlace>,
): Promise<number> {
  using signals = new SessionSignals();
  using terminal = openTerminal(options, signals);
  const program = programRequest({
    argv,
    ...programFlags(options),
    stdin: options.interactive ?? false,
    timeoutMilliseconds: timeLimit(options),
    ...(terminal && { terminal: terminal.request }),
  }, processHost());
  const outcome = await runSession(() => withMachines((context) => place(program, context)), {
    program: argv[0] ?? "the shell",
    streams: processStreams(options.interactive, signals.broken),
    signal: signals.signal,
    opened: (program) => signals.opened(terminal?.opened(program) ?? program),
  });
  if (outcome.notice !== undefined) warn(outcome.notice);
  return outcome.exitCode;
}
