/**
 * Reaps every child of the agent, its own and those it inherits as process 1, in one place.
 *
 * @module
 */
import { libc } from "../syscalls/libc.ts";
import { type Exit, Exits, readStatus } from "./exits.ts";

const WNOHANG = 1;

const exits = new Exits();

/** Starts to reap; called once. */
export function startReaper(): void {
  Deno.addSignalListener("SIGCHLD", reap);
  reap();
}

/** Stops it; for tests. */
export function stopReaper(): void {
  Deno.removeSignalListener("SIGCHLD", reap);
}

/** Settles when a child has ended. */
export function waitFor(pid: number): Promise<Exit> {
  const exit = exits.claim(pid);
  // The signal may have been delivered between the fork and the listener's turn.
  reap();
  return exit;
}

function reap(): void {
  const status = new Int32Array(1);
  const bytes = new Uint8Array(status.buffer);
  for (let pid = libc.waitpid(-1, bytes, WNOHANG); pid > 0; pid = libc.waitpid(-1, bytes, WNOHANG)) {
    const exit = readStatus(status[0] ?? 0);
    if (exit) exits.add(pid, exit);
  }
}
