/**
 * `deno task bench:engines [net]`: krun against microsandbox's `msb` on the same processor in one run, natively
 * where it runs VMs, else in the lab. Everything lies on that machine's own disk, both are warm, and they
 * take turns.
 *
 * @module
 */
import { guestOf, targetName, thisTarget } from "../../src/target.ts";
import { hostVirtualization, probeVirtualization } from "../../src/engine/krun/kvm.ts";
import { dockerArchive } from "../harness/docker_archive.ts";
import { BINARY } from "../harness/smolvm.ts";
import { compareNetworks } from "./engines_net.ts";
import { table } from "./sample.ts";
import { interleave, row, time } from "./timing.ts";

/** Runs of each command. */
const RUNS = Number(Deno.env.get("BENCH_RUNS") ?? "10");

/** The rival's package, as the build fetched it for its kernel. */
const RIVAL = ".cache/npm/npm/registry.npmjs.org/@superradcompany/microsandbox-linux-x64-gnu/0.6.18";

async function main(): Promise<number> {
  if (!probeVirtualization(hostVirtualization(Deno.execPath())).usable) {
    // msb gives its guests no address where its host has no route.
    const route = 'ip address add 192.0.2.1/32 dev lo && ip route add default dev lo; exec "$0" "$@"';
    const words = ["run", "--allow-all", "tests/performance/engines.ts", ...Deno.args];
    const args = ["sh", "-c", route, Deno.execPath(), ...words];
    return (await new Deno.Command("scripts/lab.sh", { args, stdin: "null" }).spawn().status).code;
  }
  const folder = Deno.makeTempDirSync({ prefix: "bench-engines-" });
  try {
    await compare(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  return 0;
}

async function compare(folder: string): Promise<void> {
  const [smolvm, msb] = [`${folder}/smolvm`, `${folder}/rival/bin/msb`];
  Deno.copyFileSync(BINARY, smolvm);
  await run("cp", ["-rL", RIVAL, `${folder}/rival`]);
  await run("chmod", ["+x", msb]);
  const archive = `${folder}/alpine.tar`;
  await dockerArchive(`.cache/build/${targetName(guestOf(thisTarget))}/alpine`, "alpine:latest", archive);
  const ours = { SMOLVM_HOME: `${folder}/home`, SMOLVM_ENGINE: "krun", HOME: folder };
  const theirs = { HOME: `${folder}/msb`, MSB_HOME: `${folder}/msb` };
  Deno.mkdirSync(theirs.HOME);
  if (Deno.args.includes("net")) {
    const rivals = { ours: { program: smolvm, env: ours }, theirs: { program: msb, env: theirs } };
    return console.log(table(await compareNetworks(folder, { ...rivals, rounds: RUNS })));
  }
  await time(smolvm, ["image", "load", archive], ours);
  await time(msb, ["load", "-i", archive], theirs);
  const oneOff = {
    ours: () => time(smolvm, ["vm", "run", "alpine", "true"], ours),
    theirs: () => time(msb, ["run", "--no-tty", "alpine", "--", "true"], theirs),
  };
  await oneOff.ours();
  await oneOff.theirs();
  const runs = await interleave(RUNS, oneOff);
  await time(smolvm, ["vm", "start", "-d"], ours);
  await time(msb, ["create", "-n", "bench", "alpine"], theirs);
  const inside = {
    ours: () => time(smolvm, ["vm", "exec", "true"], ours),
    theirs: () => time(msb, ["exec", "--no-tty", "bench", "--", "true"], theirs),
  };
  await inside.ours();
  await inside.theirs();
  const execs = await interleave(RUNS, inside);
  await time(smolvm, ["vm", "stop"], ours);
  const rest = { budget: "ratio ≤ 1.0", rivalName: "msb" };
  console.log(table([
    row("run alpine true, whole process", "ms", runs, rest),
    row("exec true in a running VM, whole process", "ms", execs, rest),
  ]));
}

async function run(program: string, args: readonly string[]): Promise<void> {
  await time(program, args);
}

if (import.meta.main) Deno.exit(await main());
