/**
 * Attaches to the command of a machine that runs, or to a container in it: sees what it prints, types into it.
 *
 * @module
 */
import { abortable } from "../async/abortable.ts";
import { connectSupervisor } from "../client/connect.ts";
import { SmolvmError } from "../error.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { CONNECTION_LOST, judgeEnd, type Outcome } from "../session/outcome.ts";
import { type ProgramHandle, programOf } from "../session/program_handle.ts";
import { joinSession, type SessionStreams } from "../session/session_streams.ts";
import { containerTitle } from "./list_containers.ts";
import type { MachineContext } from "./machine_context.ts";

/** What is attached to. */
export interface AttachWish {
  readonly machine: MachineSpec;
  /** Name, id or its beginning; absent: the machine's own command. */
  readonly container?: string;
  /** How many lines of the log are shown first. */
  readonly lines: number;
}

/** What is attached. */
export interface AttachContext {
  readonly streams: SessionStreams;
  /** Leaves, with its reason; what is attached to goes on. */
  readonly signal: AbortSignal;
  /** Called once signals can be sent. */
  readonly opened?: (program: ProgramHandle) => void;
}

/**
 * Attaches until the command has ended or the signal fires.
 *
 * @throws {SmolvmError} kind `usage` when the machine or the container does not run, or the machine has no command;
 * kind `guest` when the VM went away; and the signal's reason when that fires
 */
export async function attach(
  { machine, container, lines }: AttachWish,
  { paths, records }: Pick<MachineContext, "paths" | "records">,
  { streams, signal, opened }: AttachContext,
): Promise<Outcome> {
  const found = container === undefined ? undefined : records.containers.find(machine, container).spec;
  const command = found?.command ?? machine.command;
  const subject = found ? containerTitle(found) : machine.name;
  if (!command) {
    const remedy = `start a program in it with smolvm microvm exec --name ${machine.name}`;
    throw refusal(subject, "it has no command of its own", remedy);
  }
  using link = await abortable(connectSupervisor(machine, paths), signal);
  if (!link) {
    throw refusal(machine.name, "it does not run", `start it with smolvm microvm start ${machine.name}`);
  }
  const stream = link.open({ kind: "attach", lines, ...(found && { container: found.id }) });
  opened?.(programOf(stream));
  const end = await abortable(joinSession(stream, streams), signal);
  if (end) return judgeEnd(end, command.argv[0] ?? "", machine.memoryMiB);
  const { reason = CONNECTION_LOST } = await stream.ended;
  throw new SmolvmError("guest", { action: "attach to", subject, reason });
}

function refusal(subject: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action: "attach to", subject, reason, remedy });
}
