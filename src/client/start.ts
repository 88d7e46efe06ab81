/**
 * Starts the supervisor of a machine, and waits for its one line: the machine runs, or why it does not.
 *
 * @module
 */
import { resolve } from "node:path";
import { SUPERVISOR_PROCESS } from "../internal_processes.ts";
import type { Host } from "../payload/host.ts";
import { judgeReport } from "../supervisor_protocol/report.ts";
import type { Reachable } from "./connect.ts";

/** How long a machine may take to start, in milliseconds. */
const START_MILLISECONDS = 120_000;

/** Most bytes of a supervisor's one line. */
const REPORT_BYTES = 16_384;

/** What a supervisor is started with; its environment says which engine a machine takes that names none. */
export type SupervisorHost = Pick<Host, "paths" | "program" | "environment">;

/**
 * Starts a supervisor in a session of its own, with the host's program, folders and environment, and waits until the
 * machine runs. The folders are told, because they need not be those that the environment names.
 *
 * @throws {SmolvmError} kind `guest` with why the machine does not run
 */
export async function startSupervisor(
  machine: Reachable,
  { program: [command = "", ...args], paths, environment }: SupervisorHost,
): Promise<void> {
  const child = new Deno.Command(command, {
    args: [
      ...args,
      SUPERVISOR_PROCESS,
      machine.id,
      ...[paths.data, paths.cache, paths.runtime].map((path) => resolve(path)),
    ],
    // A folder that is always there: the machine outlives the one that this process works in.
    cwd: "/",
    clearEnv: true,
    env: { ...environment },
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  child.unref();
  judgeReport(machine.name, await readReport(child.stdout, START_MILLISECONDS));
}

/**
 * Reads up to a line feed, the end of the stream, 16 KiB, or the end of the time.
 *
 * @returns what came
 */
export async function readReport(
  stdout: ReadableStream<Uint8Array>,
  milliseconds: number,
): Promise<string> {
  const decoder = new TextDecoder();
  const reader = stdout.getReader();
  const timer = setTimeout(() => void reader.cancel(), milliseconds);
  let line = "";
  try {
    while (line.length < REPORT_BYTES && !line.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) break;
      line += decoder.decode(value, { stream: true });
    }
    return line;
  } finally {
    clearTimeout(timer);
    await reader.cancel();
  }
}
