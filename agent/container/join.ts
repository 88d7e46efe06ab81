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
import { completeEnvironment } from "../program/environment.ts";
import { findContainer } from "./running.ts";
import { ownScore, privilegeSteps } from "./steps.ts";
import { resolveUser } from "../program/user.ts";

/**
 * Namespaces by their file in /proc/PID/ns. The mount namespace comes last: no path of the VM can be
 * resolved after it.
 */
const namespaces = ["ipc", "uts", "net", "pid", "cgroup", "mnt"] as const;

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
  try {
    // Below the container's own, so that its limits hold, and this program can be killed alone. Memory is
    // counted in the container's.
    const killed = memoryKills(container.cgroup);
    const cgroup = Cgroup.create(`${container.cgroup}/exec-${++joins}`, { memoryBytes: 0, pids: 0 });
    return {
      steps: joinSteps(container.pid, cgroup.path, {
        user,
        cwd: request.cwd,
        argv: request.argv,
        env: completeEnvironment([...container.env, ...request.env], user, container.hostname),
        init: false,
        arch: Deno.build.arch,
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

/** The plan. Pure. */
export function joinSteps(
  pid: number,
  cgroup: string,
  plan: Parameters<typeof privilegeSteps>[0],
): Step[] {
  return [
    { op: "write", path: `${cgroup}/cgroup.procs`, text: "0" },
    ownScore,
    ...namespaces.map((name, slot): Step => ({ op: "open", slot, path: `/proc/${pid}/ns/${name}` })),
    // 0: whatever kind of namespace the file is (setns(2)).
    ...namespaces.map((_, slot): Step => ({ op: "setns", slot, type: 0 })),
    // Only children are in the pid namespace that was joined.
    { op: "fork" },
    { op: "setsid" },
    ...privilegeSteps(plan),
    { op: "exec", argv: plan.argv, env: plan.env },
  ];
}
