/**
 * Namespaces of a spec as steps: those that are joined by a path, and those that are new. Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";
import { lookUp, type RuntimeNamespace } from "./runtime_spec.ts";

/** CLONE_NEW* of linux/sched.h, by the specification's names. */
const flags = {
  mount: 0x0002_0000,
  cgroup: 0x0200_0000,
  uts: 0x0400_0000,
  ipc: 0x0800_0000,
  pid: 0x2000_0000,
  network: 0x4000_0000,
};

/** Files of /proc/PID/ns, by the specification's names. */
const files = { ipc: "ipc", uts: "uts", network: "net", pid: "pid", cgroup: "cgroup", mount: "mnt" };

/**
 * Steps that join and make namespaces. All paths are opened before the first is entered, and the mount
 * namespace is entered last: no path of the VM can be resolved after it.
 *
 * @throws {UnsupportedSpecError} for a type that is not known
 */
export function namespaceSteps(namespaces: readonly RuntimeNamespace[]): Step[] {
  const flagOf = ({ type }: RuntimeNamespace) => lookUp(flags, type, "linux.namespaces");
  const fresh = namespaces.filter(({ path }) => path === undefined).reduce(
    (all, one) => all | flagOf(one),
    0,
  );
  const joined = namespaces.filter(({ path }) => path !== undefined)
    .toSorted((a, b) => Number(a.type === "mount") - Number(b.type === "mount"));
  return [
    ...joined.map(({ path = "" }, slot): Step => ({ op: "open", slot, path })),
    ...joined.map((one, slot): Step => ({ op: "setns", slot, type: flagOf(one) })),
    ...(fresh === 0 ? [] : [{ op: "unshare", flags: fresh } as const]),
  ];
}

/** Whether a container has a new namespace of a type. */
export function hasNew(namespaces: readonly RuntimeNamespace[], type: keyof typeof flags): boolean {
  return namespaces.some((one) => one.type === type && one.path === undefined);
}

/** The namespaces of a process, to be joined. */
export function namespacesOf(pid: number): RuntimeNamespace[] {
  return Object.entries(files).map(([type, file]) => ({ type, path: `/proc/${pid}/ns/${file}` }));
}
