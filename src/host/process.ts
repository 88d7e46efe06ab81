/**
 * Processes of this host: which one a pid means, because numbers are used again.
 *
 * @module
 */

/** A process: its number and when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the system counts it: clock ticks since boot on Linux, a date in UTC on macOS. */
  readonly started: string;
}

/** The identity of a running process, `undefined` when there is none of that number. */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = Deno.build.os === "darwin" ? askPs(pid, "lstart") : startedByProc(pid);
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

/** Whether a process is there and stands still: SIGSTOP or a debugger holds it, until somebody lets it go on. */
export function standsStill(pid: number): boolean {
  const state = Deno.build.os === "darwin" ? askPs(pid, "state")?.[0] : statFields(pid)?.[0];
  return state === "T" || state === "t";
}

function startedByProc(pid: number): string | undefined {
  const fields = statFields(pid);
  // A zombie has ended; only its parent has not yet asked how.
  return fields?.[0] === "Z" ? undefined : fields?.[19];
}

/** proc(5), /proc/PID/stat from field 3, state, on: field 22 is starttime. The name in field 2 may hold spaces and parentheses. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/**
 * What ps(1) says of a process. It writes dates in the language and the time zone of its environment, and the process that compares
 * two of them has not always those of the one that wrote the first.
 */
function askPs(pid: number, what: string): string | undefined {
  const { success, stdout } = new Deno.Command("/bin/ps", {
    args: ["-o", `${what}=`, "-p", String(pid)],
    cwd: "/",
    clearEnv: true,
    env: { LC_ALL: "C", TZ: "UTC" },
  })
    .outputSync();
  return success ? new TextDecoder().decode(stdout).trim() : undefined;
}
