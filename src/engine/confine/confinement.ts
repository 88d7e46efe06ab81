/**
 * What a VMM may reach of its host: composes the command line of `confine` (confine.c), which performs it
 * between fork and exec, where JavaScript has no code. Pure.
 *
 * @module
 */
import { disksOf, type VmDescription } from "../vm_description.ts";

/**
 * Files that a VMM may reach: `run` is for programs and libraries, `device` for what takes ioctl(2) too, `share` for
 * folders in which everything may be made and removed, but no device.
 */
export interface Reach {
  readonly rights: "read" | "write" | "run" | "device" | "share";
  /** A file, or a folder with all below it; one that does not exist is left out. */
  readonly path: string;
}

/** Letters of confine.c. */
const letters = { read: "r", write: "w", run: "x", device: "d", share: "s" } as const;

/** Where what is bound is found, under its name: a filesystem of the program's own covers the system's. */
export const BOUND = "/sys";

/** A file or a folder of the host that a program has at {@linkcode BOUND}`/name`, in a mount namespace of its own. */
export interface Bound {
  /** At most one slash, and no colon. */
  readonly name: string;
  readonly path: string;
  /** The host's kernel refuses every change. */
  readonly readOnly: boolean;
}

/** Where dynamic linkers find libraries, on the usual distributions and those that put everything elsewhere. */
const LIBRARY_FOLDERS = [
  "/lib",
  "/lib64",
  "/usr/lib",
  "/usr/lib64",
  "/usr/local/lib",
  "/usr/local/lib64",
  "/nix/store",
  "/gnu/store",
  "/home/linuxbrew/.linuxbrew",
];

/** What any program needs to run at all. */
export function programReach(program: string): Reach[] {
  return [
    { rights: "run", path: program },
    ...LIBRARY_FOLDERS.map((path): Reach => ({ rights: "run", path })),
    { rights: "read", path: "/etc/ld.so.cache" },
    { rights: "write", path: "/dev/null" },
    { rights: "read", path: "/dev/urandom" },
  ];
}

/** The disks of a VM, each as it is meant to be used. */
export function diskReach(vm: VmDescription): Reach[] {
  return disksOf(vm).map(({ path, durability }) => ({ rights: durability ? "write" : "read", path }));
}

/** A file that a program has open from its start. */
export interface OpenedFile {
  readonly descriptor: number;
  readonly path: string;
  /** `file`: to be read. `memory`: a copy of it in memory, the program's own, to be read and written. */
  readonly as: "file" | "memory";
}

/** A program to be confined. */
export interface ConfinedProgram {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly reach: readonly Reach[];
  /** Descriptors, 3 or above, that the program has under the same numbers; all others are closed. */
  readonly keep?: readonly number[];
  /** Files that it has open, each under a number that is not in `keep`. */
  readonly opened?: readonly OpenedFile[];
  readonly bound?: readonly Bound[];
}

/**
 * A command line that runs a program confined, and ends it with its supervisor.
 *
 * @param confine path of the program that confine.c is
 * @param supervisor pid of the process that starts it
 */
export function confinedCommand(
  confine: string,
  supervisor: number,
  { program, args, reach, keep = [], opened = [], bound = [] }: ConfinedProgram,
): { readonly program: string; readonly args: readonly string[] } {
  const words = [
    ...bound.map(({ name, path, readOnly }) => `${readOnly ? "o" : "b"}:${name}:${path}`),
    ...reach.map(({ rights, path }) => `${letters[rights]}:${path}`),
    ...[
      ...keep.map((descriptor) => ({ descriptor, word: `k:${descriptor}` })),
      ...opened.map(({ descriptor, path, as }) => ({ descriptor, word: `${as[0]}:${descriptor}:${path}` })),
    ].toSorted((a, b) => a.descriptor - b.descriptor).map(({ word }) => word),
  ];
  return { program: confine, args: [String(supervisor), ...words, "--", program, ...args] };
}
