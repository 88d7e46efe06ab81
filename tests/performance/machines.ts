/**
 * Figures of machines: exec as a whole process, idle and under load, start and stop, bytes through
 * an exec, and what an idle machine takes.
 *
 * @module
 */
import { MachineHome } from "../harness/machine_home.ts";
import { percentile, type Row } from "./sample.ts";
import { interleave, row, type Samples, time } from "./timing.ts";

const EXECS = 100;
const PARALLEL = 8;
const EXECS_EACH = 15;
const STARTS = 5;
const STREAMS = 5;
const IDLE_MILLISECONDS = 10_000;

/** What goes through one exec, in MiB. */
const STREAMED = 64;

/** Clock ticks of /proc/PID/stat: sysconf(_SC_CLK_TCK) is 100 on every Linux there is. */
const TICKS = 100;

/** Machines of this binary and, when there is one, of the binary before. */
interface Homes {
  readonly ours: MachineHome;
  readonly before?: MachineHome | undefined;
}

/**
 * Measures machines on the engine that is chosen here.
 *
 * @param against the binary to compare with
 */
export async function machineRows(binary: string, against: string | undefined): Promise<Row[]> {
  await using ours = new MachineHome(binary);
  await using before = against === undefined ? undefined : new MachineHome(against);
  const homes: Homes = { ours, before };
  return [...await startRows(homes), ...await execRows(homes), ...await idleRows(homes)];
}

/** Wall time of a `microvm` command. */
function run(home: MachineHome, ...args: string[]): Promise<number> {
  return time(home.binary, ["microvm", ...args], home.env());
}

/** Samples of both binaries in turn. */
function inTurn(
  homes: Homes,
  rounds: number,
  take: (home: MachineHome) => Promise<number>,
): Promise<Samples> {
  const { ours, before } = homes;
  return interleave(rounds, { ours: () => take(ours), before: before && (() => take(before)) });
}

/** Starts and stops; afterwards the machines run. */
async function startRows(homes: Homes): Promise<Row[]> {
  const stops = new Map<MachineHome, number[]>();
  const starts = await inTurn(homes, STARTS, async (home) => {
    if (!stops.has(home)) {
      // The first start unpacks parts and makes the machine.
      await run(home, "start", "-d");
      await run(home, "stop");
    }
    const taken = await run(home, "start", "-d");
    await run(home, "exec", "true");
    stops.set(home, [...stops.get(home) ?? [], await run(home, "stop")]);
    return taken;
  });
  await inTurn(homes, 1, (home) => run(home, "start", "-d"));
  const stopped = { ours: stops.get(homes.ours) ?? [], before: homes.before && stops.get(homes.before) };
  return [
    row("start -d to ready, whole process", "ms", starts, { budget: "≤ 3000" }),
    row("stop, whole process", "ms", stopped),
  ];
}

async function execRows(homes: Homes): Promise<Row[]> {
  await inTurn(homes, 1, (home) => run(home, "exec", "true"));
  const idle = await inTurn(homes, EXECS, (home) => run(home, "exec", "true"));
  const loaded = new Map<MachineHome, number[]>();
  await inTurn(homes, 1, async (home) => {
    const all: number[] = [];
    await Promise.all(Array.from({ length: PARALLEL }, async () => {
      for (let index = 0; index < EXECS_EACH; index++) all.push(await run(home, "exec", "true"));
    }));
    loaded.set(home, all);
    return 0;
  });
  const load = { ours: loaded.get(homes.ours) ?? [], before: homes.before && loaded.get(homes.before) };
  const last = ({ ours, before }: Samples): Samples => ({
    ours: [percentile(ours, 99)],
    before: before && [percentile(before, 99)],
  });
  const dd = `dd bs=64k count=${STREAMED * 16}`;
  const out = await inTurn(homes, STREAMS, (home) => rate(home, `exec ${dd} if=/dev/zero > /dev/null`));
  const into = await inTurn(
    homes,
    STREAMS,
    (home) => rate(home, `exec -i dd bs=64k of=/dev/null`, `${dd} if=/dev/zero |`),
  );
  return [
    row("exec true, whole process", "ms", idle, { budget: "≤ 100" }),
    row("exec true, whole process, 99th percentile", "ms", last(idle)),
    row(`exec true, ${PARALLEL} at once`, "ms", load),
    row(`exec true, ${PARALLEL} at once, 99th percentile`, "ms", last(load)),
    row(`exec, ${STREAMED} MiB of its stdout, whole process`, "MB/s", out),
    row(`exec -i, ${STREAMED} MiB of its stdin, whole process`, "MB/s", into),
  ];
}

/** MB/s of a command that STREAMED MiB go through. @param feed what runs before, up to the pipe */
async function rate(home: MachineHome, command: string, feed = ""): Promise<number> {
  const script = `${feed} "$0" microvm ${command}`;
  const milliseconds = await time("sh", ["-c", script, home.binary], home.env());
  return STREAMED * 2 ** 20 / 1e6 / (milliseconds / 1000);
}

/** What an idle machine takes. */
interface Idle {
  readonly anonymous: number;
  readonly supervisor: number;
  readonly vmm: number;
  readonly agent: number;
  readonly supervisorShare: number;
  readonly vmmShare: number;
}

async function idleRows(homes: Homes): Promise<Row[]> {
  const [ours, before] = await Promise.all([idle(homes.ours), homes.before && idle(homes.before)]);
  const only = (name: keyof Idle): Samples => ({ ours: [ours[name]], before: before && [before[name]] });
  return [
    row("idle VM: supervisor, anonymous memory", "MB", only("anonymous"), { budget: "≤ 60" }),
    row("idle VM: supervisor, resident", "MB", only("supervisor")),
    row("idle VM: VMM with what the guest has touched, resident", "MB", only("vmm")),
    row("idle VM: agent, anonymous memory", "MB", only("agent"), { budget: "≤ 20" }),
    row("idle VM: supervisor, processor", "%", only("supervisorShare"), { budget: "≤ 1" }),
    row("idle VM: VMM, processor", "%", only("vmmShare"), { budget: "≤ 1" }),
  ];
}

async function idle(home: MachineHome): Promise<Idle> {
  const { live } = await home.status("default");
  const agent = await home.sh("default", "grep RssAnon /proc/1/status");
  const [supervisor, vmm] = [live?.supervisor ?? 0, live?.vmm ?? 0];
  const before = [ticks(supervisor), ticks(vmm)] as const;
  await new Promise((resolve) => setTimeout(resolve, IDLE_MILLISECONDS));
  const share = (now: number, then: number): number =>
    (now - then) / TICKS / (IDLE_MILLISECONDS / 1000) * 100;
  return {
    anonymous: megabytes(supervisor, "RssAnon"),
    supervisor: megabytes(supervisor, "VmRSS"),
    vmm: megabytes(vmm, "VmRSS"),
    agent: kilobytes(agent.stdout) / 1000,
    supervisorShare: share(ticks(supervisor), before[0]),
    vmmShare: share(ticks(vmm), before[1]),
  };
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
