/**
 * Device nodes of a container, as steps. Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";
import { folderSteps, parents } from "./folders.ts";
import { lookUp, type RuntimeDevice } from "./runtime_spec.ts";

/** Nodes that every container has (runtime-spec config-linux.md, "Default Devices"). */
const always: readonly RuntimeDevice[] = [
  { type: "c", path: "/dev/null", major: 1, minor: 3 },
  { type: "c", path: "/dev/zero", major: 1, minor: 5 },
  { type: "c", path: "/dev/full", major: 1, minor: 7 },
  { type: "c", path: "/dev/random", major: 1, minor: 8 },
  { type: "c", path: "/dev/urandom", major: 1, minor: 9 },
  { type: "c", path: "/dev/tty", major: 5, minor: 0 },
];

/** Links that every container has (runtime-linux.md, "Dev symbolic links"; /dev/core as runc makes it). */
const links = [
  ["/proc/self/fd", "/dev/fd"],
  ["/proc/self/fd/0", "/dev/stdin"],
  ["/proc/self/fd/1", "/dev/stdout"],
  ["/proc/self/fd/2", "/dev/stderr"],
  ["/proc/kcore", "/dev/core"],
  ["pts/ptmx", "/dev/ptmx"],
] as const;

/** S_IF* of inode(7), by the specification's letters. */
const kinds = { c: 0o020000, u: 0o020000, b: 0o060000, p: 0o010000 };

/** Everybody may read and write: what may be used is the cgroup's to say. */
const DEFAULT_MODE = 0o666;

/**
 * Steps that fill a fresh /dev with what the specification demands and with the devices of a spec. Run with
 * umask 0.
 *
 * @throws {UnsupportedSpecError} for a type of device that is not known
 */
export function deviceSteps(devices: readonly RuntimeDevice[] = []): Step[] {
  const given = new Set(devices.map(({ path }) => path));
  return [
    ...[...always.filter(({ path }) => !given.has(path)), ...devices].flatMap(nodeSteps),
    ...links.map(([target, path]): Step => ({ op: "symlink", target, path })),
  ];
}

function nodeSteps({ type, path, major = 0, minor = 0, fileMode, uid = 0, gid = 0 }: RuntimeDevice): Step[] {
  const kind = lookUp(kinds, type, "linux.devices");
  const above = parents(path).slice(0, -1).filter((folder) => folder !== "/dev");
  return [
    ...folderSteps(above),
    { op: "mknod", path, mode: kind | (fileMode ?? DEFAULT_MODE), major, minor },
    ...(uid === 0 && gid === 0 ? [] : [{ op: "chown", path, uid, gid } as const]),
  ];
}
