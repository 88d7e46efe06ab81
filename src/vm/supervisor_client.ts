/**
 * Reaches the supervisor of a machine, and starts one where none runs.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { SmolvmError } from "../error.ts";
import { FileLock } from "../host/lock.ts";
import type { Paths } from "../host/paths.ts";
import { HostLink } from "../protocol/host_link.ts";
import type { OpenRequest, SessionEvent } from "../protocol/messages.ts";
import { machineFolder } from "./machine_folder.ts";
import type { MachineSpec } from "./spec.ts";
import { judgeReport } from "./supervisor_process.ts";
import { unixTransport } from "./unix_transport.ts";

/** How long a supervisor may take to greet, in milliseconds. */
const GREETING_MILLISECONDS = 5_000;

/** How long a machine may take to start, its turn behind others included, in milliseconds. */
const START_MILLISECONDS = 120_000;

/** Most bytes of a supervisor's one line. */
const REPORT_BYTES = 16_384;

/** First argument of the binary when it is a supervisor. */
export const SUPERVISOR_PROCESS = "_supervise";

/**
 * Reaches a running supervisor.
 *
 * @returns its link, `undefined` when none listens
 * @throws {SmolvmError} kind `guest` when one listens and does not answer
 */
export async function connectSupervisor(socket: string): Promise<HostLink | undefined> {
  let connection: Deno.UnixConn;
  try {
    connection = await Deno.connect({ transport: "unix", path: socket });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.ConnectionRefused) {
      return undefined;
    }
    const reason = (error as Error).message;
    throw new SmolvmError("state", { action: "reach the machine", subject: socket, reason, cause: error });
  }
  const hello = { version: config.version, clock: Date.now(), hostname: "" };
  return await HostLink.connect(unixTransport(connection), hello, {
    deadlineMilliseconds: GREETING_MILLISECONDS,
  });
}

/**
 * Reaches a machine, starting it when it does not run. Any number of callers at once start it once.
 *
 * @returns its link, and whether it was started here
 * @throws {SmolvmError} kind `guest` when it does not start
 */
export async function reachMachine(
  spec: MachineSpec,
  paths: Paths,
): Promise<{ link: HostLink; started: boolean }> {
  const folder = machineFolder(paths, spec.id);
  const running = await connectSupervisor(folder.socket);
  if (running) return { link: running, started: false };
  using _turn = await changesLock(paths, spec);
  const meanwhile = await connectSupervisor(folder.socket);
  if (meanwhile) return { link: meanwhile, started: false };
  await startSupervisor(spec);
  const link = await connectSupervisor(folder.socket);
  if (link) return { link, started: true };
  throw new SmolvmError("guest", {
    action: "start the machine",
    subject: spec.name,
    reason: "it ended as soon as it had started",
    remedy: `look at smolvm microvm logs ${spec.name}`,
  });
}

/** Starting, stopping and deleting one machine are for one process at a time. */
export async function changesLock(paths: Paths, spec: { id: string; name: string }): Promise<FileLock> {
  try {
    const signal = AbortSignal.timeout(START_MILLISECONDS);
    return await FileLock.acquire(machineFolder(paths, spec.id).changes, { signal });
  } catch (cause) {
    if (!(cause instanceof SmolvmError) || cause.kind !== "canceled") throw cause;
    throw new SmolvmError("state", {
      action: "change the machine",
      subject: spec.name,
      reason: "another smolvm is starting, stopping or deleting it",
      remedy: "try again",
      cause,
    });
  }
}

/**
 * Starts a supervisor in a session of its own and waits for its one line.
 *
 * @throws {SmolvmError} kind `guest` with why the machine does not run
 */
export async function startSupervisor(spec: MachineSpec): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [SUPERVISOR_PROCESS, spec.id],
    cwd: "/",
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  child.unref();
  judgeReport(spec.name, await readReport(child));
}

async function readReport(child: Deno.ChildProcess): Promise<string> {
  const decoder = new TextDecoder();
  const reader = child.stdout.getReader();
  const timer = setTimeout(() => void reader.cancel(), START_MILLISECONDS);
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

/**
 * Asks for something that is answered by one event.
 *
 * @returns the event, `undefined` when the other side went away first
 */
export async function ask(
  link: HostLink,
  request: OpenRequest,
  milliseconds: number,
): Promise<SessionEvent | undefined> {
  const stream = link.open(request);
  let timer: number | undefined;
  const late = new Promise<undefined>((resolve) =>
    timer = setTimeout(() => resolve(undefined), milliseconds)
  );
  try {
    return await Promise.race([stream.nextMessage(), late]);
  } finally {
    clearTimeout(timer);
  }
}
