/**
 * What a machine is doing: its record, its supervisor's lock and its agent's answer together, never the
 * record alone.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import { machineFolder } from "../machines/folder.ts";
import type { MachineRecord, MachineRecords, MachineRun } from "../machines/records.ts";
import { isSupervised, supervisorOf } from "../machines/liveness.ts";
import type { NetworkTotals } from "../net/service.ts";
import type { ServedPort } from "../ports/published_port.ts";
import { ask } from "../client/ask.ts";
import { connectSupervisor } from "../client/connect.ts";

/** How long a supervisor and its agent may take to answer, in milliseconds. */
const ANSWER_MILLISECONDS = 3_000;

/** What a running machine says of itself. */
export interface LiveFacts {
  /** Process ids of supervisor and VMM. */
  readonly supervisor: number;
  readonly vmm: number;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Seconds since the guest's kernel started, by its own clock. */
  readonly uptime: number;
  readonly restarts: number;
  /** Memory of the guest, in bytes. */
  readonly memoryTotal: number;
  readonly memoryUsed: number;
  /** Ports that are published, with those of the host that were chosen. */
  readonly ports: readonly ServedPort[];
  /** What its network did since the VM began; absent: it has none. */
  readonly network?: NetworkTotals;
  /** Sessions that are open. */
  readonly sessions: number;
}

/** The state of a machine. */
export type MachineState =
  | { readonly state: "created" }
  | { readonly state: "running"; readonly live: LiveFacts }
  | { readonly state: "stopped"; readonly exitCode: number | null }
  | { readonly state: "failed"; readonly reason: string; readonly exitCode: number | null }
  | { readonly state: "unreachable"; readonly reason: string };

/** Judges a machine by its supervisor's lock, then by what supervisor and agent answer, and last by its record. */
export async function machineState(
  { spec }: MachineRecord,
  { paths, records }: { paths: Paths; records: MachineRecords },
): Promise<MachineState> {
  const folder = machineFolder(paths, spec.id);
  // A supervisor writes its end into the record before it releases the lock, so the record is read after the look at the lock.
  const ended = (): MachineState => judgeRun(records.byId(spec.id)?.run);
  if (!isSupervised(folder)) return ended();
  try {
    using link = await connectSupervisor(spec, paths, ANSWER_MILLISECONDS);
    if (!link) {
      return isSupervised(folder) ? { state: "unreachable", reason: "it is starting or ending" } : ended();
    }
    const [machine, status] = await Promise.all([
      ask(link, { kind: "describe" }, ANSWER_MILLISECONDS),
      ask(link, { kind: "status" }, ANSWER_MILLISECONDS),
    ]);
    if (machine?.kind !== "machine" || status?.kind !== "status") {
      return isSupervised(folder) ? { state: "unreachable", reason: "its agent does not answer" } : ended();
    }
    const { vmm, startedAt, restarts, ports = [], network } = machine;
    const { memoryTotalBytes, memoryAvailableBytes } = status;
    const memory = { memoryTotal: memoryTotalBytes, memoryUsed: memoryTotalBytes - memoryAvailableBytes };
    // This question is a session too.
    const sessions = Math.max(0, status.sessions - 1);
    const supervisor = supervisorOf(folder)?.pid ?? 0;
    const { uptime } = status;
    const live = {
      supervisor,
      vmm,
      startedAt,
      uptime,
      restarts,
      ports,
      ...memory,
      sessions,
      ...(network && { network }),
    };
    return { state: "running", live };
  } catch (error) {
    if (!(error instanceof SmolvmError)) throw error;
    return isSupervised(folder) ? { state: "unreachable", reason: error.reason } : ended();
  }
}

/** The state of a machine that nobody supervises. Pure. */
export function judgeRun(run: MachineRun | undefined): MachineState {
  if (!run) return { state: "created" };
  if (!run.end) {
    return {
      state: "failed",
      reason: "the machine's supervisor was killed, or could not write down how the machine ended",
      exitCode: null,
    };
  }
  const { exitCode, failure } = run.end;
  return failure === undefined
    ? { state: "stopped", exitCode }
    : { state: "failed", reason: failure, exitCode };
}
