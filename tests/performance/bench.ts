/**
 * `deno task bench`: a table of figures, each beside a rival's where one is installed. Compare only figures
 * of one run.
 *
 * @module
 */
import { QemuEngine } from "../../src/engine/qemu/engine.ts";
import { processPaths } from "../../src/host/paths.ts";
import { openPayload } from "../../src/payload/payload.ts";
import { RunningVm } from "../../src/vm/running_vm.ts";
import { ScratchDisk } from "../../src/vm/scratch_disk.ts";
import { joinSession } from "../../src/session/session_streams.ts";
import { plainVm } from "../harness/plain_vm.ts";
import { BINARY, Home } from "../harness/smolvm.ts";
import { machineRows } from "./machines.ts";
import { type Row, table } from "./sample.ts";
import { interleave, row, time } from "./timing.ts";

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

await using home = new Home();
const env = home.env();
const rows: Row[] = [];

const help = await interleave(
  10,
  () => time(BINARY, ["--help"], env),
  installed("skopeo") ? () => time("skopeo", ["--help"]) : undefined,
);
rows.push(row("--help", "ms", help, { budget: "≤ 60", rivalName: "skopeo --help" }));

await time(BINARY, ["microvm", "run", "alpine", "true"], env);
const runs = await interleave(7, () => time(BINARY, ["microvm", "run", "alpine", "true"], env));
rows.push(row("run alpine true, qemu", "ms", runs, { budget: "≤ 3000" }));

const steps = await new Deno.Command(BINARY, {
  args: ["microvm", "run", "alpine", "true"],
  env: { ...env, SMOLVM_LOG: "debug" },
}).output();

rows.push(...await inOneMachine());
rows.push(...await machineRows());
rows.push(...await loading());
console.log(table(rows));
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
  Deno.env.set("SMOLVM_HOME", home.path);
  Deno.env.set("SMOLVM_PAYLOAD", BINARY);
  const paths = processPaths();
  const payload = openPayload(paths);
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
  const trips = await interleave(20, () => exec(["true"]));
  const rate = (milliseconds: number): number => STREAMED / 1e6 / (milliseconds / 1000);
  const count = `count=${STREAMED / 65_536}`;
  const out = await interleave(3, async () => rate(await exec(["dd", "if=/dev/zero", "bs=64k", count])));
  const into = await interleave(3, async () => rate(await exec(["dd", "of=/dev/null", "bs=64k"], zeros())));
  const status = await vm.open({ kind: "status" }).nextMessage();
  const agent = status?.kind === "status" ? status.agentAnonymousBytes / 1e6 : Number.NaN;
  const resident = Number(/^VmRSS:\s+(\d+)/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? 0) /
    1000;
  return [
    row("session round trip (exec true)", "ms", trips, { budget: "≤ 100" }),
    row("stdout throughput (dd, 64 KiB pieces)", "MB/s", out, { budget: "≥ 25" }),
    row("stdin throughput (dd)", "MB/s", into, { budget: "≥ 25" }),
    row("agent, anonymous memory", "MB", { ours: [agent], theirs: [] }, { budget: "≤ 20" }),
    row("supervisor, resident (this bench with its modules)", "MB", { ours: [resident], theirs: [] }, {}),
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
    const ours = async (): Promise<number> => {
      await using fresh = new Home();
      return await time(BINARY, ["image", "load", layout], fresh.env());
    };
    const samples = await interleave(3, ours, async () => {
      const target = `${folder}/unpacked-${turn++}`;
      const taken = await time("umoci", ["unpack", "--image", `${layout}:bench`, target]);
      await Deno.remove(target, { recursive: true });
      return taken;
    });
    const rates = samples.ours.map((milliseconds) => bytes / 1e6 / (milliseconds / 1000));
    return [
      row(`load of ${(bytes / 1e6).toFixed(0)} MB`, "ms", samples, {
        budget: "≤ 0.3 × umoci",
        rivalName: "umoci unpack",
      }),
      row("load, unpacked bytes", "MB/s", { ours: rates, theirs: [] }, { budget: "≥ 250" }),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
