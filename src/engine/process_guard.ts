/**
 * Has a process end with this one, however this one ends, where the system has no parent-death signal: a shell waits for
 * the end of a pipe that this process alone holds, and kills then. For programs that cannot watch a pipe themselves.
 *
 * @module
 */
import { WatchedProcess } from "./watched_process.ts";

/** Nothing is ever written to the pipe. `kill` is the shell's own. */
const SCRIPT = 'read -r nothing; kill -KILL "$1"';

/** The guard of one process, to be disposed once that has ended: its number may be another's by then. */
export class ProcessGuard implements AsyncDisposable {
  readonly #shell: WatchedProcess;

  /**
   * Begins to guard.
   *
   * @param pid a child of this process
   * @throws {SmolvmError} kind `engine` when no shell can be started
   */
  constructor(pid: number) {
    const command = { program: "/bin/sh", args: ["-c", SCRIPT, "sh", String(pid)], env: {} };
    this.#shell = new WatchedProcess("the VMM's guard", command, "held");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#shell.kill();
    await this.#shell.ended;
    await this.#shell.child.stdin.close().catch(() => {});
  }
}
