/**
 * Attaches to the command of a machine that runs, or to a container in it: sees what it prints, types into it.
 *
 * @module
 */
import { abortable } from "../async/abortable.ts";
import { connectSupervisor, type SupervisorLink } from "../client/connect.ts";
import { SmolvmError } from "../error.ts";
import type { ContainerSpec } from "../machines/container_spec.ts";
import type { MachineCommand, MachineSpec } from "../machines/spec.ts";
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
  /** Only what was printed from then on, milliseconds since the Unix epoch. */
  readonly since?: number;
  /** A link to the machine's supervisor, which is closed at the end; absent: it is reached. */
  readonly link?: SupervisorLink;
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
  wish: AttachWish,
  context: Pick<MachineContext, "paths" | "records">,
  { streams, signal, opened }: AttachContext,
): Promise<Outcome> {
  const { machine, lines } = wish;
  const { paths } = context;
  const command = attachedCommand(wish, context);
  const found = containerOf(wish, context);
  const subject = found ? containerTitle(found) : machine.name;
  using link = wish.link ?? await abortable(connectSupervisor(machine, paths), signal);
  if (!link) {
    throw refusal(machine.name, "it does not run", `start it with smolvm microvm start ${machine.name}`);
  }
  const stream = link.open({
    kind: "attach",
    lines,
    since: wish.since ?? 0,
    ...(found && { container: found.id }),
  });
  opened?.(programOf(stream));
  const end = await abortable(joinSession(stream, streams), signal);
  if (end) return judgeEnd(end, command.argv[0] ?? "", machine.memoryMiB);
  const { reason = CONNECTION_LOST } = await stream.ended;
  throw new SmolvmError("guest", { action: "attach to", subject, reason });
}

/**
 * The command that is attached to.
 *
 * @throws {SmolvmError} kind `usage` when there is none
 */
export function attachedCommand(
  wish: Pick<AttachWish, "machine" | "container">,
  context: Pick<MachineContext, "records">,
): MachineCommand {
  const { machine } = wish;
  const command = containerOf(wish, context)?.command ?? machine.command;
  if (command) return command;
  const remedy = `start a program in it with smolvm microvm exec --name ${machine.name}`;
  throw refusal(machine.name, "it has no command of its own", remedy);
}

function containerOf(
  { machine, container }: Pick<AttachWish, "machine" | "container">,
  { records }: Pick<MachineContext, "records">,
): ContainerSpec | undefined {
  return container === undefined ? undefined : records.containers.find(machine, container).spec;
}

function refusal(subject: string, reason: string, remedy: string): SmolvmError {
  return new SmolvmError("usage", { action: "attach to", subject, reason, remedy });
}
