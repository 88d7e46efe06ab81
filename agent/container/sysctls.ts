/**
 * `linux.sysctl` of a spec as steps. Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";
import { hasNew } from "./namespaces.ts";
import { type RuntimeLinux, UnsupportedSpecError } from "./runtime_spec.ts";

/** Parameters that a namespace has of its own, and the namespace; all others are the whole VM's. */
const own = [
  [/^kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)$/, "ipc"],
  [/^fs\.mqueue\.[a-z_]+$/, "ipc"],
  [/^kernel\.domainname$/, "uts"],
  [/^net(\.[a-z0-9_-]+)+$/, "network"],
] as const;

/**
 * Steps that set parameters, for as long as /proc/sys may be written to.
 *
 * @throws {UnsupportedSpecError} for one that would change the VM
 */
export function sysctlSteps({ sysctl = {}, namespaces = [] }: RuntimeLinux): Step[] {
  return Object.entries(sysctl).map(([name, text]) => {
    const [, namespace] = own.find(([pattern]) => pattern.test(name)) ?? [];
    if (!namespace || !hasNew(namespaces, namespace)) throw new UnsupportedSpecError("linux.sysctl", name);
    return { op: "write", path: `/proc/sys/${name.replaceAll(".", "/")}`, text };
  });
}
