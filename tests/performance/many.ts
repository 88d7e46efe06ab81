/**
 * Figures of many VMs at once, emulated: runs beside each other, and what idle machines take together, each beside
 * the same without templates or without company.
 *
 * @module
 */
import { Home } from "../harness/smolvm.ts";
import { MachineHome } from "../harness/machine_home.ts";
import type { Row } from "./sample.ts";
import { row, time } from "./timing.ts";

const RUNS = 20;
const MACHINES = 10;

/** What makes every VM boot. */
const BOOTED = { SMOLVM_RESUME: "off" };

/** Measures them. */
export async function manyRows(binary: string): Promise<Row[]> {
  return [await runs(binary), await idleMachines(binary)];
}

/** 20 runs at once, beside as many one after the other. */
async function runs(binary: string): Promise<Row> {
  await using home = new Home(binary);
  const run = () => time(binary, ["microvm", "run", "alpine", "true"], home.env());
  await run();
  const all = Array.from({ length: RUNS });
  const begun = performance.now();
  await Promise.all(all.map(run));
  const atOnce = performance.now() - begun;
  let inTurn = 0;
  for (const _ of all) inTurn += await run();
  return row(`${RUNS} runs of alpine true at once, all`, "ms", { ours: [atOnce], theirs: [inTurn] }, {
    rivalName: "one after the other",
  });
}

/** The memory of idle machines: shared pages count by their share. */
async function idleMachines(binary: string): Promise<Row> {
  const ours = await memoryOfMachines(binary, {});
  const theirs = await memoryOfMachines(binary, BOOTED);
  return row(`${MACHINES} idle machines: VMMs, proportional set size`, "MB", {
    ours: [ours],
    theirs: [theirs],
  }, {
    rivalName: "booted",
  });
}

async function memoryOfMachines(binary: string, env: Record<string, string>): Promise<number> {
  await using home = new MachineHome(binary);
  const names = Array.from({ length: MACHINES }, (_, index) => `m${index}`);
  for (const name of names) {
    await time(binary, ["microvm", "create", "--name", name], home.env(env));
    await time(binary, ["microvm", "start", "-d", name], home.env(env));
  }
  let total = 0;
  for (const name of names) {
    const { live } = await home.status(name);
    const rollup = Deno.readTextFileSync(`/proc/${live?.vmm}/smaps_rollup`);
    total += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? Number.NaN) / 1000;
    await time(binary, ["microvm", "delete", "-f", name], home.env(env));
  }
  return total;
}
