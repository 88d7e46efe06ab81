/**
 * Prepares a program of the VM's own root: no namespaces, a cgroup of its own, and the user's identity.
 *
 * @module
 */
import type { ExecRequest } from "../../src/guest_protocol/messages.ts";
import { DESCRIPTORS } from "../container/docker_defaults.ts";
import { RLIMIT_NOFILE } from "../container/rlimits.ts";
import { Cgroup, programMemory } from "../program/cgroup.ts";
import { completeEnvironment } from "../program/environment.ts";
import { oomScoreStep } from "../program/oom_score.ts";
import { type ResolvedUser, resolveUser, shellOf } from "../program/user.ts";
import type { Step } from "../launch/plan.ts";
import { point } from "../points.ts";
import { terminalStep } from "../container/process_steps.ts";
import type { PreparedProgram } from "../program/prepared.ts";

let sessions = 0;

/** The VM's root is the agent's own. */
const VM_ROOT = "/";

/**
 * Prepares an exec.
 *
 * @throws {LaunchError} when the user does not exist
 */
export function prepareExec(request: ExecRequest): PreparedProgram {
  const user = resolveUser(VM_ROOT, request.user);
  point("user");
  const cgroup = Cgroup.create(`exec-${++sessions}`, { memoryBytes: programMemory(), pids: 0 });
  point("cgroup");
  return {
    steps: execSteps(request, user, cgroup.path),
    signals: "group",
    kill: () => cgroup.kill(),
    outOfMemory: () => cgroup.outOfMemory(),
    // What the program left running in the background lives on, and its cgroup with it.
    [Symbol.asyncDispose]: () => Promise.resolve(cgroup.removeLater()),
  };
}

/**
 * The plan. Pure.
 *
 * @param cgroupPath absolute path of the program's cgroup
 */
export function execSteps(request: ExecRequest, user: ResolvedUser, cgroupPath: string): Step[] {
  return [
    { op: "write", path: `${cgroupPath}/cgroup.procs`, text: "0" },
    { op: "setsid" },
    ...(request.terminal
      ? [terminalStep({ height: request.terminal.rows, width: request.terminal.columns })]
      : []),
    oomScoreStep(0),
    { op: "umask", mask: 0o022 },
    { op: "rlimit", resource: RLIMIT_NOFILE, soft: BigInt(DESCRIPTORS.soft), hard: BigInt(DESCRIPTORS.hard) },
    { op: "chdir", path: request.cwd || "/" },
    { op: "ids", uid: user.uid, gid: user.gid, groups: user.groups },
    {
      op: "exec",
      argv: request.argv.length > 0 ? request.argv : [shellOf(user)],
      env: completeEnvironment(request.env, user, { terminal: request.terminal?.type }),
    },
  ];
}
