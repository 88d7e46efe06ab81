/**
 * Boots a VM to see that it does, and ends it.
 *
 * @module
 */
import type { Choice } from "../engine/choose.ts";
import type { VmDescription } from "../engine/vm_description.ts";
import type { Paths } from "../host/paths.ts";
import { MIN_STORAGE_BYTES } from "../payload/storage.ts";
import type { Payload } from "../payload/payload.ts";
import { RunningVm } from "../vm/running_vm.ts";
import { ScratchDisk } from "../vm/scratch_disk.ts";

/** How a trial went. */
export interface Trial {
  /** From the start of the VMM to the agent's answer. */
  readonly milliseconds: number;
  readonly error?: string;
}

/**
 * Boots one VM with a disk of its own; nothing of it is left.
 *
 * @throws {SmolvmError} when it does not come up
 */
export async function trialBoot(
  { paths, payload, choice }: { paths: Paths; payload: Payload; choice: Choice },
): Promise<Trial> {
  const [root, templates] = await Promise.all([payload.path("root.erofs"), payload.path("storage.json")]);
  using scratch = await ScratchDisk.create(paths, MIN_STORAGE_BYTES, templates);
  const description: VmDescription = {
    cpus: 1,
    memoryMiB: 256,
    root,
    storage: { path: scratch.path, durability: "scratch" },
    shares: [],
    network: "none",
    console: "tail",
    rootWritable: false,
    shortLived: true,
  };
  const begun = performance.now();
  await using _vm = await RunningVm.boot(choice.engine, description, { hostname: "trial", resume: false });
  return { milliseconds: performance.now() - begun };
}
