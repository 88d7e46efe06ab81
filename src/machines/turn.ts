/**
 * A machine's turn: making, starting, stopping and deleting one machine are for one process at a time, which
 * locks a file beside the machine's folder meanwhile.
 *
 * @module
 */
import { isFolder } from "../files/is_there.ts";
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import { namedFailure } from "../host/named_failure.ts";
import type { Paths } from "../host/paths.ts";
import { machineFolder } from "./folder.ts";

/** How long others may have their turns before this process gives up, in milliseconds. */
const TURN_MILLISECONDS = 120_000;

/** How long the turn is waited for. */
export interface TurnOptions {
  /** Fires when others take too long; 120 s unless said otherwise. */
  readonly signal?: AbortSignal;
}

/**
 * Waits for a machine's turn and takes it until the lock is disposed.
 *
 * @throws {SmolvmError} kind `state` when others take too long, kind `usage` when the machine was deleted
 * meanwhile
 */
export async function takeTurn(
  machine: { readonly id: string; readonly name: string },
  paths: Paths,
  { signal = AbortSignal.timeout(TURN_MILLISECONDS) }: TurnOptions = {},
): Promise<FileLock> {
  const folder = machineFolder(paths, machine.id);
  try {
    const lock = await FileLock.acquire(folder.turn, { signal });
    if (isFolder(folder.path)) return lock;
    // Deleted while this process waited: the lock's file is one that nobody needs any more.
    Deno.removeSync(folder.turn);
    lock[Symbol.dispose]();
  } catch (cause) {
    if (!signal.aborted) throw namedFailure(cause, { action: "change the machine", subject: machine.name });
    throw new SmolvmError("state", {
      action: "change the machine",
      subject: machine.name,
      reason: "another smolvm is starting, stopping or deleting it",
      remedy: "try again",
      cause,
    });
  }
  throw new SmolvmError("usage", {
    action: "find the machine",
    subject: machine.name,
    reason: "it was deleted a moment ago",
  });
}
