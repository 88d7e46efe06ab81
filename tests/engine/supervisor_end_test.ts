/**
 * A supervisor that is killed: its VMM and the helpers beside it end, each confined as an engine would have it.
 *
 * @module
 */
import { assertEquals, assertTrue } from "../harness/assert.ts";
import "../harness/open_libc.ts";
import { eventually } from "../harness/smolvm.ts";
import { confine } from "./confine.ts";

const SHELL = Deno.realPathSync("/bin/sh");
const source = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);

/** A program that starts a VMM with a helper, says their process ids, and waits. */
const supervisor = (confinePath: string): string => `
  import { confinedCommand, programReach } from ${source("engine/confine/confinement.ts")};
  import { startVmm } from ${source("engine/vmm_process.ts")};
  const reach = programReach(${JSON.stringify(SHELL)});
  const process = { program: ${JSON.stringify(SHELL)}, args: ["-c", "echo $$ >&2; kill -STOP $$"], reach };
  const command = { ...confinedCommand(${JSON.stringify(confinePath)}, Deno.pid, process), env: {} };
  const vm = startVmm(command, { helpers: [{ name: "the helper", ...command }] });
  console.log(vm.pid);
  setInterval(() => {}, 1_000);
  await vm.ended;
`;

/** Processes whose parent is the given one. */
function childrenOf(parent: number): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => {
    try {
      const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent;
    } catch {
      return false;
    }
  });
}

function gone(pid: number): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`).includes(") Z ");
  } catch {
    return true;
  }
}

Deno.test("the VMM and its helpers end with a supervisor that is killed", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", supervisor(await confine())],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const vmm = Number((await reader.read()).value);
  const members = childrenOf(child.pid);
  assertEquals([members.length, members.includes(vmm), members.some(gone)], [2, true, false]);
  child.kill("SIGKILL");
  await child.status;
  assertTrue(await eventually(() => members.every(gone), 5_000));
  await reader.cancel();
});
