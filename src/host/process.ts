/**
 * Processes of this host: which one a pid means, because numbers are used again.
 *
 * @module
 */

/** A process: its number and when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the system counts it: clock ticks since boot on Linux, a date on macOS. */
  readonly started: string;
}

/** The identity of a running process, `undefined` when there is none of that number. */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = Deno.build.os === "darwin" ? startedByPs(pid) : startedByProc(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether that very process still runs. */
function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.started === process.started;
}

/**
 * Sends a signal to that very process; one that is gone is fine.
 *
 * @returns whether it was there
 */
export function signalProcess(process: ProcessIdentity, signal: Deno.Signal): boolean {
  if (!isAlive(process)) return false;
  try {
    Deno.kill(process.pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** proc(5), /proc/PID/stat: field 22 is starttime; the name in field 2 may hold spaces and parentheses. */
function startedByProc(pid: number): string | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; only its parent has not yet asked how.
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startedByPs(pid: number): string | undefined {
  const { success, stdout } = new Deno.Command("ps", { args: ["-o", "lstart=", "-p", String(pid)], cwd: "/" })
    .outputSync();
  return success ? new TextDecoder().decode(stdout).trim() : undefined;
}
