/**
 * Starts a machine in the foreground: its command's output as it comes, until its command ends or the caller
 * stops it.
 *
 * @module
 */
import type { SupervisorLink } from "../client/connect.ts";
import { SmolvmError } from "../error.ts";
import { LogCursor } from "../logs/log_cursor.ts";
import type { LogPiece } from "../logs/log_file.ts";
import { followLog } from "../logs/log_reader.ts";
import { machineFolder } from "../machines/folder.ts";
import { awaitUnsupervised } from "../machines/liveness.ts";
import type { MachineSpec } from "../machines/spec.ts";
import type { ServedPort } from "../ports/published_port.ts";
import { judgeEnd } from "../session/outcome.ts";
import { type ProgramHandle, programOf } from "../session/program_handle.ts";
import type { MachineContext } from "./machine_context.ts";
import { judgeRun, type MachineState } from "./machine_state.ts";
import { portsOf, startMachine } from "./start_machine.ts";
import { killMachine, stopMachine } from "./stop_machine.ts";
import { Stopper } from "./stopper.ts";

/** How long a supervisor may still run after its last message, in milliseconds. */
const END_MILLISECONDS = 10_000;

/** What is done with a machine in the foreground. */
export interface AttendOptions {
  /** Shows a piece of the output. */
  readonly print: (piece: LogPiece) => void;
  /** Stops the machine in order, as soon as it has started. */
  readonly stop?: AbortSignal;
  /** Kills it. */
  readonly kill?: AbortSignal;
  /** Called when it runs, with the ports that it publishes. */
  readonly onStarted?: (ports: readonly ServedPort[]) => void;
  /** Called once its command can be sent signals; a machine without a command ignores them. */
  readonly opened?: (program: ProgramHandle) => void;
}

/**
 * Starts a machine and attends to it until it ends.
 *
 * @returns the exit code of its command; `undefined` when it ran already, and is left alone
 * @throws {SmolvmError} when it does not start, fails, or cannot be stopped
 */
export async function attendMachine(
  spec: MachineSpec,
  context: MachineContext,
  options: AttendOptions,
): Promise<number | undefined> {
  const stopper = new Stopper({
    stop: () => stopMachine(spec, context),
    kill: () => killMachine(spec, context),
  });
  using _stop = onAbort(options.stop, () => stopper.stop());
  using _kill = onAbort(options.kill, () => stopper.kill());
  using cursor = new LogCursor(machineFolder(context.paths, spec.id).log, "end");
  const reached = await startMachine(spec, context);
  const { link, started } = reached;
  using _link = link ?? null;
  if (!started) return undefined;
  stopper.started();
  options.onStarted?.(await portsOf(spec, reached));
  return await attend(spec, { ...options, cursor, link, stopper }, context);
}

async function attend(
  spec: MachineSpec,
  { cursor, link, stopper, print, opened }: AttendOptions & {
    readonly cursor: LogCursor;
    readonly link: SupervisorLink | undefined;
    readonly stopper: Stopper;
  },
  { paths, records }: MachineContext,
): Promise<number> {
  const folder = machineFolder(paths, spec.id);
  const stream = link?.open({ kind: "wait" });
  if (stream) opened?.(programOf(stream));
  const end = stream?.nextMessage() ?? Promise.resolve(undefined);
  const over = Promise.all([end, stream?.ended]);
  const shown = (async () => {
    for await (const piece of followLog(folder.log, cursor, over)) print(piece);
  })();
  await Promise.race([shown, stopper.failed]);
  const last = await end;
  // Whoever looks at the machine next finds it stopped.
  await awaitUnsupervised(folder, END_MILLISECONDS);
  if (last) return judgeEnd(last, spec.command?.argv[0] ?? "", spec.memoryMiB).exitCode;
  // It ended before it could be asked: then its record knows.
  const known = records.byId(spec.id);
  const ended: MachineState = known
    ? judgeRun(known.run)
    : { state: "failed", reason: "it was deleted", exitCode: null };
  if ("exitCode" in ended && ended.exitCode !== null) return ended.exitCode;
  if (stopper.begun || ended.state !== "failed") return 0;
  throw new SmolvmError("guest", {
    action: "keep the machine running",
    subject: spec.name,
    reason: ended.reason,
    ...(known && { remedy: `see smolvm microvm logs --console ${spec.name}` }),
  });
}

/** Calls back when a signal fires, at once when it has, until disposed. */
function onAbort(signal: AbortSignal | undefined, call: () => void): Disposable {
  if (signal?.aborted) call();
  else signal?.addEventListener("abort", call, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", call) };
}
