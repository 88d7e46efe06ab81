/**
 * The description of a VM that asks for nothing special, for tests to change.
 *
 * @module
 */
import type { VmDescription } from "../../src/engine/vm_description.ts";

/** A one-off VM without an image; nothing is at its paths. */
export const plainVm: VmDescription = {
  cpus: 1,
  memoryMiB: 128,
  root: "/root.erofs",
  storage: { path: "/storage", durability: "scratch" },
  shares: [],
  network: "none",
  console: "tail",
  rootWritable: false,
  shortLived: true,
};
