/**
 * What a process has used so far, by Linux's /proc.
 *
 * @module
 */

/** Clock ticks of /proc/PID/stat a second (USER_HZ). */
const TICKS = 100;

/** Its processor time in seconds, and the most memory that it had resident, in MiB (proc(5): utime, stime; VmHWM). */
export function processUse(pid: number): { readonly seconds: number; readonly mostMiB: number } {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  return {
    seconds: ((fields[11] ?? 0) + (fields[12] ?? 0)) / TICKS,
    mostMiB: Math.round(kilobytes(pid, "VmHWM") / 1_024),
  };
}

/** Anonymous memory that it has resident now, in MiB. */
export function anonymousMiB(pid: number): number {
  return kilobytes(pid, "RssAnon") / 1_024;
}

function kilobytes(pid: number, field: string): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? Number.NaN);
}
