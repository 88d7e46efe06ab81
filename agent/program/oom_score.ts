/**
 * How ready the kernel is to kill a program when memory runs out (proc_pid_oom_score_adj(5)). Pure.
 *
 * @module
 */
import type { Step } from "../launch/plan.ts";

/**
 * The step that sets it: a program would have the agent's, which the kernel never kills. Taken while /proc is the
 * VM's, because a container's may be something else.
 *
 * @param score -1000 (never) to 1000
 */
export function oomScoreStep(score: number): Step {
  return { op: "write", path: "/proc/self/oom_score_adj", text: String(score) };
}
