/**
 * What a machine is doing: its record, its supervisor's lock and its agent's answer together, never the
 * record alone.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import type { Paths } from "../host/paths.ts";
import { type MachineFolder, machineFolder } from "./machine_folder.ts";
import type { MachineRecord, MachineRun } from "./records.ts";
import { ask, connectSupervisor } from "./supervisor_client.ts";

/** How long a supervisor and its agent may take to answer, in milliseconds. */
const ANSWER_MILLISECONDS = 3_000;

/** What a running machine says of itself. */
export interface LiveFacts {
  /** Process ids of supervisor and VMM. */
  readonly supervisor: number;
  readonly vmm: number;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly restarts: number;
  /** Memory of the guest, in bytes. */
  readonly memoryTotal: number;
  readonly memoryUsed: number;
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

/** Finds out. */
export async function machineState(record: MachineRecord, paths: Paths): Promise<MachineState> {
  const folder = machineFolder(paths, record.spec.id);
  if (!isSupervised(folder)) return judgeRun(record.run);
  try {
    using link = await connectSupervisor(folder.socket);
    if (!link) return { state: "unreachable", reason: "it is starting or ending" };
    const [machine, status] = await Promise.all([
      ask(link, { kind: "describe" }, ANSWER_MILLISECONDS),
      ask(link, { kind: "status" }, ANSWER_MILLISECONDS),
    ]);
    if (machine?.kind !== "machine" || status?.kind !== "status") {
      return { state: "unreachable", reason: "its agent does not answer" };
    }
    const { vmm, startedAt, restarts } = machine;
    const { memoryTotalBytes, memoryAvailableBytes } = status;
    const memory = { memoryTotal: memoryTotalBytes, memoryUsed: memoryTotalBytes - memoryAvailableBytes };
    // This question is a session too.
    const sessions = Math.max(0, status.sessions - 1);
    const supervisor = record.run?.supervisor.pid ?? 0;
    return { state: "running", live: { supervisor, vmm, startedAt, restarts, ...memory, sessions } };
  } catch (error) {
    if (!(error instanceof SmolvmError)) throw error;
    return { state: "unreachable", reason: error.reason };
  }
}

/** A supervisor holds its machine's lock as long as it lives. */
export function isSupervised(folder: MachineFolder): boolean {
  try {
    Deno.statSync(folder.lock);
  } catch {
    return false;
  }
  using lock = FileLock.tryAcquire(folder.lock, { shared: true }) ?? null;
  return lock === null;
}

/** The state of a machine that nobody supervises. Pure. */
export function judgeRun(run: MachineRun | undefined): MachineState {
  if (!run) return { state: "created" };
  if (!run.end) {
    return { state: "failed", reason: "its supervisor was killed, and the VM with it", exitCode: null };
  }
  const { exitCode, failure } = run.end;
  return failure === undefined
    ? { state: "stopped", exitCode }
    : { state: "failed", reason: failure, exitCode };
}
