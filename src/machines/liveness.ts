/**
 * Who supervises a machine: its supervisor locks a file in the machine's folder for as long as it lives, and
 * writes its process id and start time into it. Whether a supervisor lives is told by the lock alone, because the
 * number of a dead process is used again.
 *
 * @module
 */
import { basename } from "node:path";
import * as v from "valibot";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import { identify, type ProcessIdentity, signalProcess } from "../host/process.ts";
import { delay } from "../async/delay.ts";
import { isThere } from "../files/is_there.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import { causeWords } from "../host/system_words.ts";
import type { MachineFolder } from "./folder.ts";

/** How long a killed supervisor's lock may stay, in milliseconds. */
const KILL_MILLISECONDS = 5_000;

/** How often the lock is looked at, in milliseconds: flock(2) has no wait that JavaScript could interrupt. */
const LOOK_MILLISECONDS = 20;

const supervisorSchema = v.object({
  pid: v.number(),
  started: v.string(),
  /** Where it listens. */
  socket: v.optional(v.string()),
});

type Locked = Pick<MachineFolder, "lock" | "socket">;

/**
 * Makes this process the machine's supervisor until the lock is disposed.
 *
 * @param milliseconds how long the supervisor before may take to end
 * @throws {SmolvmError} kind `state` when it is still there, or the folder is gone
 */
export async function takeSupervision(folder: Locked, milliseconds: number): Promise<FileLock> {
  const lock = await FileLock.acquire(folder.lock, { signal: AbortSignal.timeout(milliseconds) });
  try {
    removeSockets(folder);
    Deno.writeTextFileSync(folder.lock, JSON.stringify({ ...ownIdentity(), socket: folder.socket }));
    return lock;
  } catch (cause) {
    lock[Symbol.dispose]();
    const words = causeWords(cause);
    throw new SmolvmError("state", { action: "write to", subject: folder.lock, ...words, cause });
  }
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return identify(Deno.pid) ?? { pid: Deno.pid, started: "" };
}

/** Whether a supervisor lives. */
export function isSupervised(folder: Locked): boolean {
  const lock = withoutSupervisor(folder);
  if (lock === "supervised") return true;
  lock?.[Symbol.dispose]();
  return false;
}

/** Removes the socket that a killed supervisor has left; does nothing where a supervisor lives. */
export function removeDeadSocket(folder: Locked): void {
  if (!isThere(folder.socket) && !isThere(socketOf(folder))) return;
  const lock = withoutSupervisor(folder);
  if (lock === "supervised") return;
  using _held = lock;
  // No supervisor can begin while the lock is shared, so nobody listens on the socket.
  removeSockets(folder);
}

/**
 * Shares the lock, which keeps supervisors away until it is disposed.
 *
 * @returns `undefined` where there is no lock file: no supervisor has ever been there
 */
function withoutSupervisor(folder: Locked): FileLock | "supervised" | undefined {
  if (!isThere(folder.lock)) return undefined;
  try {
    return FileLock.tryAcquire(folder.lock, { shared: true }) ?? "supervised";
  } catch (error) {
    // The machine was deleted between the two looks.
    if (!isThere(folder.lock)) return undefined;
    throw error;
  }
}

/** The lock may name a socket in another folder than this process would use. */
function removeSockets(folder: Locked): void {
  for (const path of new Set([folder.socket, socketOf(folder)])) removeIfThere(path);
}

/**
 * Where the machine's supervisor listens: it may have been started in another environment, with another
 * folder for sockets. The lock in a copied home names the socket of the original home, whose file name differs.
 */
export function socketOf(folder: Locked): string {
  const recorded = readLock(folder)?.socket;
  return recorded !== undefined && basename(recorded) === basename(folder.socket) ? recorded : folder.socket;
}

/** The supervisor that the lock file names; of use only while {@linkcode isSupervised} holds. */
export function supervisorOf(folder: Locked): ProcessIdentity | undefined {
  return readLock(folder);
}

function readLock(folder: Locked): v.InferOutput<typeof supervisorSchema> | undefined {
  try {
    const result = v.safeParse(supervisorSchema, JSON.parse(Deno.readTextFileSync(folder.lock)));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Waits until nobody supervises the machine, or another supervisor than this one does.
 *
 * @returns whether that came in time
 */
export async function awaitUnsupervised(
  folder: Locked,
  milliseconds: number,
  supervisor?: ProcessIdentity,
): Promise<boolean> {
  const another = (): boolean => {
    const now = supervisor && supervisorOf(folder);
    return now !== undefined && (now.pid !== supervisor?.pid || now.started !== supervisor.started);
  };
  for (const end = performance.now() + milliseconds; isSupervised(folder) && !another();) {
    if (performance.now() > end) return false;
    await delay(LOOK_MILLISECONDS);
  }
  return true;
}

/**
 * Kills the supervisor, and with it the VM.
 *
 * @returns whether there was one
 * @throws {SmolvmError} kind `state` when it does not go away
 */
export async function killSupervisor(folder: Locked): Promise<boolean> {
  if (!isSupervised(folder)) return false;
  // A supervisor that has just taken the lock may not have written its process id into it yet.
  for (const end = performance.now() + KILL_MILLISECONDS; performance.now() < end;) {
    const supervisor = supervisorOf(folder);
    if (supervisor) signalProcess(supervisor, "SIGKILL");
    if (!await awaitUnsupervised(folder, 200)) continue;
    removeDeadSocket(folder);
    return true;
  }
  throw new SmolvmError("state", {
    action: "end the machine's supervisor",
    reason: `it was killed, and still runs ${KILL_MILLISECONDS / 1_000} s later`,
    remedy: "look for a process smolvm _supervise",
  });
}
