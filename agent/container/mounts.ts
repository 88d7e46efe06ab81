/**
 * Mounts of a spec as steps. Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";
import { MS } from "../syscalls/mount.ts";
import { folderSteps, parents } from "./folders.ts";
import { type RuntimeMount, UnsupportedSpecError } from "./runtime_spec.ts";

/** Options that set flags of mount(2) (runtime-spec config.md, "Linux mount options"). */
const set: Readonly<Record<string, number>> = {
  bind: MS.BIND,
  dirsync: MS.DIRSYNC,
  noatime: MS.NOATIME,
  nodev: MS.NODEV,
  nodiratime: MS.NODIRATIME,
  noexec: MS.NOEXEC,
  nosuid: MS.NOSUID,
  rbind: MS.BIND | MS.REC,
  relatime: MS.RELATIME,
  ro: MS.RDONLY,
  strictatime: MS.STRICTATIME,
  sync: MS.SYNCHRONOUS,
};

/** Options that clear flags. */
const cleared: Readonly<Record<string, number>> = {
  async: MS.SYNCHRONOUS,
  atime: MS.NOATIME,
  dev: MS.NODEV,
  diratime: MS.NODIRATIME,
  exec: MS.NOEXEC,
  rw: MS.RDONLY,
  suid: MS.NOSUID,
};

/** Options without effect: every mount of a container is private to it from the start. */
const noEffect = ["private", "rprivate", "defaults"];

/** Options that this runtime does not do. */
const refused = [
  "shared",
  "rshared",
  "slave",
  "rslave",
  "unbindable",
  "runbindable",
  "remount",
  "idmap",
  "ridmap",
];

/** How many mounts of the VM a plan can hold (launch.c's SLOTS). */
const SLOTS = 64;

/** Steps of mounts, by when they are taken. */
export interface MountSteps {
  /** Before the VM's root is out of sight: clones what is bound. */
  readonly clones: readonly Step[];
  /** The kernel's filesystems at and below /proc, /sys and /dev: masks are laid over them. */
  readonly kernel: readonly Step[];
  /** All others, in the spec's order. */
  readonly rest: readonly Step[];
}

/** What options say. */
interface Options {
  readonly flags: number;
  /** Options for the filesystem. */
  readonly data: string;
}

/**
 * Steps of mounts.
 *
 * @throws {UnsupportedSpecError} for an option or a number of mounts that this runtime does not do
 */
export function mountSteps(mounts: readonly RuntimeMount[]): MountSteps {
  const clones: Step[] = [];
  const kernel: Step[] = [];
  const rest: Step[] = [];
  for (const mount of mounts) {
    const { flags, data } = readOptions(mount.options);
    if (isBind(mount)) {
      const slot = clones.length;
      const recursive = (flags & MS.REC) !== 0;
      clones.push({ op: "tree", slot, path: mount.source ?? "", recursive });
      rest.push(...bindSteps(mount.destination, slot, flags & ~(MS.BIND | MS.REC)));
    } else {
      const steps = isKernels(mount.destination) ? kernel : rest;
      steps.push(...folderSteps(parents(mount.destination)), mountStep(mount, { flags, data }));
    }
  }
  if (clones.length > SLOTS) {
    throw new UnsupportedSpecError("mounts", `more than ${SLOTS} bind mounts (${clones.length})`);
  }
  return { clones, kernel, rest };
}

function isBind({ type, options = [] }: RuntimeMount): boolean {
  return type === "bind" || options.includes("bind") || options.includes("rbind");
}

function isKernels(path: string): boolean {
  return ["/proc", "/sys", "/dev"].some((top) => path === top || path.startsWith(`${top}/`));
}

/** An image may lack any folder on the way; what is bound over is made by the launcher. */
function bindSteps(target: string, slot: number, flags: number): Step[] {
  return [...folderSteps(parents(target).slice(0, -1)), { op: "bind", slot, target, flags }];
}

function mountStep(mount: RuntimeMount, { flags, data }: Options): Step {
  // The specification calls both versions of cgroups so; the guest has the second alone.
  const type = mount.type === "cgroup" ? "cgroup2" : mount.type ?? "";
  const step = { op: "mount", source: mount.source ?? type, target: mount.destination, type, flags } as const;
  return data === "" ? step : { ...step, data };
}

function readOptions(options: readonly string[] = []): Options {
  let flags = 0;
  const data: string[] = [];
  for (const option of options) {
    if (refused.includes(option)) throw new UnsupportedSpecError("mounts.options", option);
    const [add, remove] = [set[option] ?? 0, cleared[option] ?? 0];
    flags = (flags | add) & ~remove;
    if (add === 0 && remove === 0 && !noEffect.includes(option)) data.push(option);
  }
  return { flags, data: data.join(",") };
}
