/**
 * The plan of a container: a spec as the ordered list of steps that launch.c takes. Knows what the runtime-spec
 * demands of every runtime, and no defaults of anybody (docker_defaults.ts). Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";
import { CGROUP_ROOT } from "../program/cgroup.ts";
import { oomScoreStep } from "../program/oom_score.ts";
import { MS } from "../syscalls/mount.ts";
import { deviceSteps } from "./devices.ts";
import { folderSteps, parents } from "./folders.ts";
import { maskSteps } from "./masks.ts";
import { mountSteps } from "./mounts.ts";
import { hasNew, namespaceSteps } from "./namespaces.ts";
import { processSteps } from "./process_steps.ts";
import { type RuntimeSpec, UnsupportedSpecError } from "./runtime_spec.ts";
import { sysctlSteps } from "./sysctls.ts";

/** What a plan is given that the specification has no field for. */
export interface StepsOptions {
  /** A small init becomes process 1: it forwards signals and reaps. */
  readonly init?: boolean;
}

/**
 * The whole plan.
 *
 * @throws {UnsupportedSpecError} when the spec asks for what this runtime does not do
 */
export function steps(spec: RuntimeSpec, { init = false }: StepsOptions = {}): Step[] {
  const { linux, process } = spec;
  const namespaces = linux.namespaces ?? [];
  if (!hasNew(namespaces, "mount")) {
    throw new UnsupportedSpecError("linux.namespaces", "the VM's mount namespace");
  }
  const mounts = mountSteps(spec.mounts ?? []);
  return [
    // Joined before the namespaces, so that the cgroup namespace begins here and limits hold from the start.
    ...cgroupSteps(linux.cgroupsPath),
    ...namespaceSteps(namespaces),
    { op: "fork" },
    { op: "setsid" },
    ...(process.oomScoreAdj === undefined ? [] : [oomScoreStep(process.oomScoreAdj)]),
    { op: "umask", mask: 0 },
    { op: "mount", source: "", target: "/", type: "", flags: MS.REC | MS.PRIVATE },
    // Cloned now, because the VM's root is out of sight once the container's is in place, and every path
    // from then on is resolved inside it.
    ...mounts.clones,
    { op: "pivot", root: spec.root.path },
    ...mounts.kernel,
    ...deviceSteps(linux.devices),
    ...sysctlSteps(linux),
    ...maskSteps(linux),
    ...mounts.rest,
    ...(hasNew(namespaces, "network") ? [{ op: "loopback" } as const] : []),
    ...hostnameSteps(spec),
    ...folderSteps(parents(process.cwd)),
    ...(spec.root.readonly ? [readonlyRoot] : []),
    ...processSteps(process, { seccomp: linux.seccomp, init, console: true }),
  ];
}

const readonlyRoot: Step = {
  op: "mount",
  source: "",
  target: "/",
  type: "",
  flags: MS.BIND | MS.REMOUNT | MS.RDONLY,
};

/** The step that takes the launcher, and all that comes of it, into a cgroup. */
export function cgroupSteps(cgroupsPath: string | undefined): Step[] {
  if (cgroupsPath === undefined) return [];
  if (!cgroupsPath.startsWith("/")) throw new UnsupportedSpecError("linux.cgroupsPath", "a relative path");
  return [{ op: "write", path: `${CGROUP_ROOT}${cgroupsPath}/cgroup.procs`, text: "0" }];
}

function hostnameSteps({ hostname, linux }: RuntimeSpec): Step[] {
  if (hostname === undefined) return [];
  if (!hasNew(linux.namespaces ?? [], "uts")) throw new UnsupportedSpecError("hostname", "the VM's hostname");
  return [{ op: "hostname", name: hostname }];
}
