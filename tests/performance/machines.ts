/**
 * Figures of machines that stay: exec as a whole process, idle and under load, start and stop, and what an
 * idle one takes.
 *
 * @module
 */
import { MachineHome } from "../harness/machine_home.ts";
import { BINARY } from "../harness/smolvm.ts";
import { percentile, type Row } from "./sample.ts";
import { interleave, row, time } from "./timing.ts";

const EXECS = 100;
const PARALLEL = 8;
const EXECS_EACH = 15;
const STARTS = 5;
const IDLE_MILLISECONDS = 10_000;

/** Clock ticks of /proc/PID/stat: sysconf(_SC_CLK_TCK) is 100 on every Linux there is. */
const TICKS = 100;

/** Measures them on the engine that is chosen here. */
export async function machineRows(): Promise<Row[]> {
  await using home = new MachineHome();
  const env = home.env();
  const run = (...args: string[]): Promise<number> => time(BINARY, ["microvm", ...args], env);
  const exec = (): Promise<number> => run("exec", "true");
  await run("start", "-d");
  await run("stop");
  const starts: number[] = [];
  const stops: number[] = [];
  for (let index = 0; index < STARTS; index++) {
    starts.push(await run("start", "-d"));
    await exec();
    stops.push(await run("stop"));
  }
  await run("start", "-d");
  await exec();
  const idle = await interleave(EXECS, exec);
  const loaded: number[] = [];
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    for (let index = 0; index < EXECS_EACH; index++) loaded.push(await exec());
  }));
  const { live } = await home.status("default");
  const agent = await home.sh("default", "grep RssAnon /proc/1/status");
  const [supervisor, vmm] = [live?.supervisor ?? 0, live?.vmm ?? 0];
  const before = [ticks(supervisor), ticks(vmm)] as const;
  await new Promise((resolve) => setTimeout(resolve, IDLE_MILLISECONDS));
  const share = (now: number, then: number): number =>
    (now - then) / TICKS / (IDLE_MILLISECONDS / 1000) * 100;
  const only = (value: number) => ({ ours: [value], theirs: [] });
  const load = { ours: loaded, theirs: [] };
  return [
    row("start -d to ready, whole process", "ms", { ours: starts, theirs: [] }, { budget: "≤ 3000" }),
    row("stop, whole process", "ms", { ours: stops, theirs: [] }, {}),
    row("exec true, whole process", "ms", idle, { budget: "≤ 100" }),
    row("exec true, whole process, 99th percentile", "ms", only(percentile(idle.ours, 99)), {}),
    row(`exec true, ${PARALLEL} at once`, "ms", load, {}),
    row(`exec true, ${PARALLEL} at once, 99th percentile`, "ms", only(percentile(loaded, 99)), {}),
    row("idle VM: supervisor, anonymous memory", "MB", only(megabytes(supervisor, "RssAnon")), {
      budget: "≤ 60",
    }),
    row("idle VM: supervisor, resident", "MB", only(megabytes(supervisor, "VmRSS")), {}),
    row("idle VM: VMM with what the guest has touched, resident", "MB", only(megabytes(vmm, "VmRSS")), {}),
    row("idle VM: agent, anonymous memory", "MB", only(kilobytes(agent.stdout) / 1000), { budget: "≤ 20" }),
    row("idle VM: supervisor, processor", "%", only(share(ticks(supervisor), before[0])), { budget: "≤ 1" }),
    row("idle VM: VMM, processor", "%", only(share(ticks(vmm), before[1])), { budget: "≤ 1" }),
  ];
}

/** User and system time of a process: fields 14 and 15 of proc(5), /proc/PID/stat. */
function ticks(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function megabytes(pid: number, name: string): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return kilobytes(new RegExp(`^${name}:.*$`, "m").exec(status)?.[0] ?? "") / 1000;
}

function kilobytes(line: string): number {
  return Number(/(\d+) kB/.exec(line)?.[1] ?? Number.NaN);
}
