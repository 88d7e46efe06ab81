/**
 * Reaps every child of the agent, its own and those it inherits as process 1, in one place.
 *
 * @module
 */
import { libc } from "../syscalls/libc.ts";
import { Exits, type Launching, readStatus } from "./exits.ts";

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

/** Called before a child is started: its end is kept until it is claimed. */
export function expectChild(): Launching {
  return exits.launch();
}

/**
 * Sends a signal to a process that is waited for, or to the process group it leads.
 *
 * @returns false when the process was reaped: its number may be another's by now, and nothing is sent
 */
export function signalChild(pid: number, target: "process" | "group", signal: number): boolean {
  if (!exits.isAwaited(pid)) return false;
  return libc.kill(target === "group" ? -pid : pid, signal) === 0;
}

function reap(): void {
  const status = new Int32Array(1);
  const bytes = new Uint8Array(status.buffer);
  for (let pid = libc.waitpid(-1, bytes, WNOHANG); pid > 0; pid = libc.waitpid(-1, bytes, WNOHANG)) {
    const exit = readStatus(status[0] ?? 0);
    if (exit) exits.add(pid, exit);
  }
}
