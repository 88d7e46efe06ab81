/**
 * `deno task bench`: a table of figures, each beside a rival's where one is installed. Compare only figures
 * of one run. With SMOLVM_BENCH_AGAINST=PATH, another smolvm binary takes turns with this one, and stands
 * beside it in every row that drives the binary. `deno task bench shares` measures shared folders, too; `--json FILE`
 * writes the figures, `--compare FILE` prints ratios to those of an earlier run on the same machine.
 *
 * @module
 */
import { QemuEngine } from "../../src/engine/qemu/engine.ts";
import { openHost } from "../../src/payload/open_host.ts";
import { RunningVm } from "../../src/vm/running_vm.ts";
import { ScratchDisk } from "../../src/vm/scratch_disk.ts";
import { joinSession } from "../../src/session/session_streams.ts";
import { plainVm } from "../harness/plain_vm.ts";
import { BINARY, Home } from "../harness/smolvm.ts";
import { compareFigures, decodeFigures, encodeFigures } from "./figures.ts";
import { machineRows } from "./machines.ts";
import { manyRows } from "./many.ts";
import { type Row, table, worse } from "./sample.ts";
import { shareRows } from "./shares.ts";
import { interleave, row, type Take, time } from "./timing.ts";

const decoder = new TextDecoder();

/** What is streamed, in bytes. */
const STREAMED = 128 << 20;

function installed(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

/** The binary that dist/smolvm is compared with. */
const against = Deno.env.get("SMOLVM_BENCH_AGAINST");
if (against !== undefined) Deno.statSync(against);

/** The word behind an option of this program's. */
function optionOf(name: string): string | undefined {
  const at = Deno.args.indexOf(name);
  const word = Deno.args[at + 1];
  if (at >= 0 && (word === undefined || word.startsWith("--"))) throw new Error(`${name} needs a file`);
  return at < 0 ? undefined : word;
}

const [written, compared] = [optionOf("--json"), optionOf("--compare")];
// What is wrong with either file is told before minutes of measuring.
if (written !== undefined) Deno.openSync(written, { append: true, create: true }).close();
const earlier = compared === undefined ? undefined : decodeFigures(Deno.readTextFileSync(compared), compared);

await using home = new Home();
const env = home.env();
await using homeBefore = against === undefined ? undefined : new Home(against);
const rows: Row[] = [];

/** Wall time of a command of each binary, in a home of its own. */
function both(...args: string[]): { ours: Take; before: Take | undefined } {
  return {
    ours: () => time(BINARY, args, env),
    before: homeBefore && (() => time(homeBefore.binary, args, homeBefore.env())),
  };
}

const help = await interleave(10, {
  ...both("--help"),
  theirs: installed("skopeo") ? () => time("skopeo", ["--help"]) : undefined,
});
rows.push(row("--help", "ms", help, { budget: "≤ 60", rivalName: "skopeo --help" }));

const once = {
  ...both("microvm", "run", "alpine", "true"),
  theirs: () => time(BINARY, ["microvm", "run", "alpine", "true"], { ...env, SMOLVM_RESUME: "off" }),
};
// The first run unpacks the parts.
await interleave(1, once);
rows.push(
  row("run alpine true, qemu", "ms", await interleave(7, once), { budget: "≤ 1000", rivalName: "booted" }),
);

const steps = await new Deno.Command(BINARY, {
  args: ["microvm", "run", "alpine", "true"],
  env: { ...env, SMOLVM_LOG: "debug" },
}).output();

rows.push(...await inOneMachine());
rows.push(...await machineRows(BINARY, against));
rows.push(...await manyRows(BINARY));
rows.push(...await loading());
// Ten minutes under emulation.
if (Deno.args.includes("shares")) rows.push(...await shareRows(BINARY));
console.log([table(rows), ...worse(rows)].join("\n"));
if (earlier) {
  const { date, smolvm } = earlier;
  console.log(
    [`\nBeside ${compared}, of ${smolvm} at ${date}:`, ...compareFigures(rows, earlier)].join("\n"),
  );
}
if (written !== undefined) {
  const { stdout } = await new Deno.Command(BINARY, { args: ["--version"] }).output();
  const taken = { date: new Date().toISOString(), smolvm: decoder.decode(stdout).trim() };
  const processors = navigator.hardwareConcurrency;
  Deno.writeTextFileSync(written, encodeFigures(rows, { ...taken, processors }));
}
console.log(
  `\nOne run, step by step (milliseconds since the process began):\n${decoder.decode(steps.stderr)}`,
);

/** So many zeros. */
function zeros(): ReadableStream<Uint8Array> {
  const piece = new Uint8Array(65_536);
  return ReadableStream.from(Iterator.from(Array(STREAMED / piece.length)).map(() => piece));
}

/** Figures of a VM that runs: session round trip, throughput, memory. */
async function inOneMachine(): Promise<Row[]> {
  const environment = { ...Deno.env.toObject(), SMOLVM_HOME: home.path };
  const host = openHost({ program: [BINARY], environment });
  const { paths, payload } = host;
  using scratch = await ScratchDisk.create(paths, 20 * 2 ** 30, await payload.path("storage.json"));
  const description = {
    ...plainVm,
    memoryMiB: 512,
    root: await payload.path("root.erofs"),
    storage: { path: scratch.path, durability: "scratch" },
  } as const;
  const engine = new QemuEngine({
    kernel: () => payload.path("vmlinux"),
    confine: () => payload.path("confine"),
  });
  await using vm = await RunningVm.boot(engine, description, { hostname: "bench" });
  const program = { env: [], cwd: "", user: "", timeoutMilliseconds: 0 };
  const exec = async (argv: string[], stdin?: ReadableStream<Uint8Array>): Promise<number> => {
    const begun = performance.now();
    const nowhere = (): Promise<void> => Promise.resolve();
    const session = vm.open({ kind: "exec", argv, ...program, stdin: stdin !== undefined });
    await joinSession(session, { ...(stdin && { stdin }), stdout: nowhere, stderr: nowhere });
    return performance.now() - begun;
  };
  await exec(["true"]);
  const trips = await interleave(20, { ours: () => exec(["true"]) });
  const rate = (milliseconds: number): number => STREAMED / 1e6 / (milliseconds / 1000);
  const count = `count=${STREAMED / 65_536}`;
  const out = await interleave(3, {
    ours: async () => rate(await exec(["dd", "if=/dev/zero", "bs=64k", count])),
  });
  const into = await interleave(3, {
    ours: async () => rate(await exec(["dd", "of=/dev/null", "bs=64k"], zeros())),
  });
  const status = await vm.open({ kind: "status" }).nextMessage();
  const agent = status?.kind === "status" ? status.agentAnonymousBytes / 1e6 : Number.NaN;
  const resident = Number(/^VmRSS:\s+(\d+)/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? 0) /
    1000;
  return [
    row("session round trip (exec true)", "ms", trips, { budget: "≤ 100" }),
    row("stdout throughput (dd, 64 KiB pieces)", "MB/s", out, { budget: "≥ 25" }),
    row("stdin throughput (dd)", "MB/s", into, { budget: "≥ 25" }),
    row("agent, anonymous memory", "MB", { ours: [agent] }, { budget: "≤ 20" }),
    row("supervisor, resident (this bench with its modules)", "MB", { ours: [resident] }),
  ];
}

/** Loading a made image of real files: ours against umoci and tar. */
async function loading(): Promise<Row[]> {
  if (!installed("umoci")) return [];
  const folder = await Deno.makeTempDir();
  try {
    const layout = `${folder}/layout`;
    await time("umoci", ["init", "--layout", layout]);
    await time("umoci", ["new", "--image", `${layout}:bench`]);
    await time("umoci", ["unpack", "--image", `${layout}:bench`, `${folder}/bundle`]);
    for (const part of ["/usr/bin", "/usr/sbin", "/usr/share/doc", "/usr/share/zoneinfo"]) {
      await new Deno.Command("cp", { args: ["-a", "--parents", part, `${folder}/bundle/rootfs`] }).output();
    }
    await time("umoci", ["repack", "--image", `${layout}:bench`, `${folder}/bundle`]);
    const du = await new Deno.Command("du", { args: ["-sb", `${folder}/bundle/rootfs`] }).output();
    const bytes = Number(decoder.decode(du.stdout).split("\t")[0]);
    await Deno.remove(`${folder}/bundle`, { recursive: true });
    let turn = 0;
    const load = async (binary: string): Promise<number> => {
      await using fresh = new Home(binary);
      return await time(binary, ["image", "load", layout], fresh.env());
    };
    const samples = await interleave(3, {
      ours: () => load(BINARY),
      before: against === undefined ? undefined : () => load(against),
      theirs: async () => {
        const target = `${folder}/unpacked-${turn++}`;
        const taken = await time("umoci", ["unpack", "--image", `${layout}:bench`, target]);
        await Deno.remove(target, { recursive: true });
        return taken;
      },
    });
    const rate = (milliseconds: number): number => bytes / 1e6 / (milliseconds / 1000);
    const rates = { ours: samples.ours.map(rate), before: samples.before?.map(rate) };
    return [
      row(`load of ${(bytes / 1e6).toFixed(0)} MB`, "ms", samples, {
        budget: "≤ 0.3 × umoci",
        rivalName: "umoci unpack",
      }),
      row("load, unpacked bytes", "MB/s", rates, { budget: "≥ 250" }),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
