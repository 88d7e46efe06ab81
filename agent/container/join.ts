/**
 * Prepares a program that joins a running container: its namespaces, its cgroup, its root, its limits.
 *
 * @module
 */
import { errnoName } from "../../src/ffi/errno.ts";
import type { JoinRequest } from "../../src/guest_protocol/messages.ts";
import type { Step } from "../launch/plan.ts";
import { LaunchError, type PreparedProgram } from "../program/prepared.ts";
import { SyscallError } from "../syscalls/libc.ts";
import { Cgroup, memoryKills } from "../program/cgroup.ts";
import { oomScoreStep } from "../program/oom_score.ts";
import { resolveUser, shellOf } from "../program/user.ts";
import { capabilitiesOf, dockerProcess } from "./docker_defaults.ts";
import { namespacesOf, namespaceSteps } from "./namespaces.ts";
import { processSteps } from "./process_steps.ts";
import { findContainer } from "./running.ts";
import type { RuntimeProcess, RuntimeSeccomp } from "./runtime_spec.ts";
import { seccompProfile } from "./seccomp_profile.ts";
import { cgroupSteps } from "./steps.ts";

let joins = 0;

/**
 * Prepares a join.
 *
 * @throws {LaunchError} 125 when the container does not run, or the user does not exist in it
 */
export function prepareJoin(request: JoinRequest): PreparedProgram {
  const container = findContainer(request.container);
  if (!container) {
    throw new LaunchError({ exitCode: 125, reason: "it is not running", subject: request.container });
  }
  const user = resolveUser(container.root, request.user);
  const process = dockerProcess({
    ...container,
    user,
    args: request.argv.length > 0 ? request.argv : [shellOf(user)],
    env: [...container.env, ...request.env],
    cwd: request.cwd,
    hostname: container.hostname,
    ...(request.terminal && { terminal: request.terminal }),
  });
  try {
    // Below the container's own, so that its limits hold, and this program can be killed alone. Memory is
    // counted in the container's.
    const killed = memoryKills(container.cgroup);
    const cgroup = Cgroup.create(`${container.cgroup}/exec-${++joins}`, { memoryBytes: 0, pids: 0 });
    return {
      steps: joinSteps(process, {
        pid: container.pid,
        cgroupsPath: `/${cgroup.name}`,
        seccomp: seccompProfile(Deno.build.arch, capabilitiesOf(container)),
      }),
      signals: "group",
      kill: () => cgroup.kill(),
      outOfMemory: () => memoryKills(container.cgroup) > killed,
      // What the program left running in the background lives on, as long as the container does.
      [Symbol.asyncDispose]: () => Promise.resolve(cgroup.removeLater()),
    };
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    throw new LaunchError({ exitCode: 125, reason: errnoName(error.errno), step: error.call });
  }
}

/** What a program joins. */
export interface Joined {
  /** The container's process 1, in the VM's pid namespace. */
  readonly pid: number;
  readonly cgroupsPath: string;
  readonly seccomp: RuntimeSeccomp;
}

/** The plan. Pure. */
export function joinSteps(process: RuntimeProcess, { pid, cgroupsPath, seccomp }: Joined): Step[] {
  return [
    ...cgroupSteps(cgroupsPath),
    ...(process.oomScoreAdj === undefined ? [] : [oomScoreStep(process.oomScoreAdj)]),
    ...namespaceSteps(namespacesOf(pid)),
    // Only children are in the pid namespace that was joined.
    { op: "fork" },
    { op: "setsid" },
    ...processSteps(process, { seccomp }),
  ];
}
