/**
 * Containers that run now: what a session needs to join one.
 *
 * @module
 */

import type { Confinement } from "./docker_defaults.ts";

/** A container, and what its programs may do and take. */
export interface RunningContainer extends Confinement {
  /** Its process 1, in the VM's pid namespace. */
  readonly pid: number;
  /** Its cgroup's place below the root. */
  readonly cgroup: string;
  /** Its root as the agent sees it. */
  readonly root: string;
  readonly hostname: string;
  /** Variables that its own program was given. */
  readonly env: readonly string[];
}

const running = new Map<string, RunningContainer>();

/** Lists a container until it is disposed. */
export function registerContainer(id: string, container: RunningContainer): Disposable {
  running.set(id, container);
  return {
    [Symbol.dispose]: () => {
      if (running.get(id) === container) running.delete(id);
    },
  };
}

/** The running container of that id. */
export function findContainer(id: string): RunningContainer | undefined {
  return running.get(id);
}

/** All that run, in the order in which they were started. */
export function runningContainers(): [id: string, container: RunningContainer][] {
  return [...running];
}
