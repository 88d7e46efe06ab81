/**
 * The files that QEMU itself needs of its host, beside those of a VM. Pure.
 *
 * @module
 */
import { dirname } from "node:path";
import { programReach, type Reach } from "../confine/confinement.ts";

/** Folders of firmware, below a prefix. */
const FIRMWARE_FOLDERS = ["share/qemu", "share/seabios"];

/**
 * QEMU with its libraries, modules and firmware, which stand beside it or in the distribution's places.
 *
 * @param program its path, with no link in it
 */
export function qemuReach(program: string): Reach[] {
  const prefix = dirname(dirname(program));
  const prefixes = [...new Set([prefix, "/usr"])];
  return [
    ...programReach(program),
    ...["lib", "lib64"].map((name): Reach => ({ rights: "run", path: `${prefix}/${name}` })),
    ...prefixes.flatMap((place) =>
      FIRMWARE_FOLDERS.map((name): Reach => ({ rights: "read", path: `${place}/${name}` }))
    ),
  ];
}
