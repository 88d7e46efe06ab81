/**
 * The use cases of machines that stay: create, start, stop, delete, and what each needs to know.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import type { Paths } from "../host/paths.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import { createStorage } from "../payload/storage.ts";
import { GONE, machineFolder, MAKING, SPEC_FILE } from "../machines/folder.ts";
import { newId } from "../machines/ids.ts";
import type { MachineRecord, MachineRecords } from "../machines/records.ts";
import { DEFAULT_MACHINE, type MachineSpec, SPEC_VERSION, storageOnly } from "../machines/spec.ts";
import { encodeSpec } from "../machines/spec_codec.ts";
import {
  awaitUnsupervised,
  isSupervised,
  killSupervisor,
  removeDeadSocket,
  supervisorOf,
} from "../machines/liveness.ts";
import { withdrawSocket } from "../machines/by_name.ts";
import { takeTurn } from "../machines/turn.ts";
import { ask } from "../client/ask.ts";
import { connectSupervisor, type SupervisorLink } from "../client/connect.ts";
import { settledSupervisor } from "../client/reach.ts";

/** Beyond what the command is given: unmounting, and a VM under emulation. */
const STOP_GRACE_MILLISECONDS = 15_000;

/** How long a supervisor that has said goodbye may still be there, in milliseconds. */
const RELEASE_MILLISECONDS = 10_000;

/** What a machine is made of; the rest is decided here. */
export type NewMachine = Omit<MachineSpec, "version" | "id" | "created" | "devices"> & {
  /** Size of its storage disk. */
  readonly diskBytes: number;
};

/**
 * Creates a machine: its record first, which takes the name, and its folder last, in one step. What is left
 * of one that was interrupted is removed by the next command (accord.ts).
 *
 * @param templates path of the part `storage.json`
 * @throws {SmolvmError} kind `usage` when the name is taken, kind `state` when the disk cannot be made
 */
export function createMachine(
  machine: NewMachine,
  context: { records: MachineRecords; paths: Paths; templates: string },
): MachineSpec {
  try {
    using turn = newTurn(context.paths);
    const { id } = turn;
    const folder = machineFolder(context.paths, id);
    const making = folder.path + MAKING;
    const { diskBytes, ...same } = machine;
    const about = { version: SPEC_VERSION, id, created: new Date().toISOString() } as const;
    const spec: MachineSpec = { ...about, ...same, devices: storageOnly(diskBytes) };
    using undo = new DisposableStack();
    undo.defer(() => removeIfThere(folder.turn));
    Deno.mkdirSync(making, { mode: 0o700 });
    undo.defer(() => removeIfThere(making, { recursive: true }));
    context.records.create(spec);
    undo.defer(() => context.records.remove(spec.id));
    createStorage(join(making, basename(folder.disk)), diskBytes, context.templates);
    Deno.writeTextFileSync(join(making, SPEC_FILE), encodeSpec(spec), { mode: 0o600 });
    Deno.renameSync(making, folder.path);
    undo.move();
    return spec;
  } catch (error) {
    // What could not be undone either is left to the next command.
    const cause = error instanceof SuppressedError ? error.suppressed : error;
    if (cause instanceof SmolvmError) throw cause;
    const reason = (cause as Error).message;
    throw new SmolvmError("state", { action: "create the machine", subject: machine.name, reason, cause });
  }
}

/**
 * An id that nobody has, and its turn. Whoever repairs what others left may hold the turn of an id whose lock
 * file has just appeared; then it is another id.
 */
function newTurn(paths: Paths): { id: string } & Disposable {
  for (;;) {
    const id = newId();
    const { turn: file } = machineFolder(paths, id);
    Deno.mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const turn = FileLock.tryAcquire(file);
    if (turn) return { id, [Symbol.dispose]: () => turn[Symbol.dispose]() };
  }
}

/**
 * The machine of a name; the default one is made when it is first asked for.
 *
 * @throws {SmolvmError} kind `usage` when there is none
 */
export function findMachine(
  name: string,
  records: MachineRecords,
  makeDefault?: () => MachineSpec,
): MachineRecord {
  const found = records.get(name);
  if (found) return found;
  if (name !== DEFAULT_MACHINE || !makeDefault) throw unknownMachine(name);
  try {
    return { spec: makeDefault(), run: undefined };
  } catch (error) {
    // Somebody else was faster.
    const made = records.get(name);
    if (made) return made;
    throw error;
  }
}

/** The error for a name that nobody has. */
export function unknownMachine(name: string): SmolvmError {
  const remedy = name === DEFAULT_MACHINE
    ? "it is made when it is first used: smolvm microvm exec, or start"
    : "see smolvm microvm ls, or create it with smolvm microvm create";
  return new SmolvmError("usage", {
    action: "find the machine",
    subject: name,
    reason: "there is none of that name",
    remedy,
  });
}

/**
 * Stops a machine in order: stop signal, patience, SIGKILL, unmounted, gone. One that is starting is waited
 * for.
 *
 * @param patience what its command is given, in milliseconds
 * @returns whether it ran
 * @throws {SmolvmError} kind `guest` when it does not end
 */
export async function stopMachine(record: MachineRecord, paths: Paths, patience: number): Promise<boolean> {
  const { spec } = record;
  const folder = machineFolder(paths, spec.id);
  if (!isSupervised(folder)) return false;
  const supervisor = supervisorOf(folder);
  try {
    using link = await connectSupervisor(spec, paths) ?? await startingSupervisor(spec, paths);
    if (!link) return true;
    await ask(link, { kind: "stop", timeoutMilliseconds: patience }, patience + STOP_GRACE_MILLISECONDS);
  } catch (error) {
    // Its link may end before its answer; what counts is whether it is gone.
    if (!(error instanceof SmolvmError) || error.kind !== "guest") throw error;
  }
  if (await awaitUnsupervised(folder, RELEASE_MILLISECONDS, supervisor)) return true;
  throw new SmolvmError("guest", {
    action: "stop the machine",
    subject: spec.name,
    reason: "its supervisor does not answer",
    remedy: `end it with smolvm microvm stop --force ${spec.name}`,
  });
}

/** Waits for the turn of whoever starts the machine. */
async function startingSupervisor(spec: MachineSpec, paths: Paths): Promise<SupervisorLink | undefined> {
  using _turn = await takeTurn(spec, paths);
  return await settledSupervisor(spec, paths);
}

/**
 * Kills a machine's supervisor, and with it the VM.
 *
 * @returns whether it ran
 * @throws {SmolvmError} kind `state` when it does not go away
 */
export async function killMachine(spec: { readonly id: string }, paths: Paths): Promise<boolean> {
  return await killSupervisor(machineFolder(paths, spec.id));
}

/** The error for a machine that would have to be stopped first. */
export function stillRunning(name: string): SmolvmError {
  return new SmolvmError("state", {
    action: "delete the machine",
    subject: name,
    reason: "it is running",
    remedy: `stop it with smolvm microvm stop ${name}, or delete it with -f`,
  });
}

/**
 * Deletes a machine. Its folder goes first, in one step, then its record; meanwhile nobody starts it, and a
 * supervisor that begins in the last moment finds nothing to supervise.
 *
 * @param options `force` kills it if it runs
 * @throws {SmolvmError} kind `state` when it runs
 */
export async function deleteMachine(
  spec: { readonly id: string; readonly name: string },
  context: { records: MachineRecords; paths: Paths },
  options: { readonly force: boolean },
): Promise<void> {
  const folder = machineFolder(context.paths, spec.id);
  // Killed before its turn is waited for: that of a start in progress lasts as long as the start.
  if (options.force) await killSupervisor(folder);
  using _turn = await takeTurn(spec, context.paths);
  if (options.force) await killSupervisor(folder);
  if (isSupervised(folder)) throw stillRunning(spec.name);
  removeDeadSocket(folder);
  const gone = folder.path + GONE;
  moveAway(folder.path, gone);
  // Before the record, which needs room on a disk that may be full.
  removeIfThere(gone, { recursive: true });
  context.records.remove(spec.id);
  withdrawSocket(folder.byName, { name: spec.name, socket: folder.socket });
  for (const path of [folder.socket, folder.turn]) removeIfThere(path);
}

function moveAway(path: string, to: string): void {
  try {
    removeIfThere(to, { recursive: true });
    Deno.renameSync(path, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
