/**
 * Reaches the supervisor of a machine, and starts one where none runs.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import { SUPERVISOR_PROCESS } from "../internal_processes.ts";
import { FileLock } from "../host/lock.ts";
import type { Paths } from "../host/paths.ts";
import type { Host } from "../payload/host.ts";
import { ClientLink } from "../wire/client_link.ts";
import type { OpenRequest, SessionEvent } from "../guest_protocol/messages.ts";
import { type MachineFolder, machineFolder } from "../machines/folder.ts";
import type { MachineSpec } from "../machines/spec.ts";
import { awaitUnsupervised, socketOf } from "../machines/liveness.ts";
import { judgeReport } from "../supervisor/process.ts";
import { unixTransport } from "../wire/unix_transport.ts";
import { VERSION } from "../version.ts";

/** How long a supervisor may take to greet, in milliseconds; one that serves many at once is slow. */
const GREETING_MILLISECONDS = 30_000;

/** How long a machine may take to start, its turn behind others included, in milliseconds. */
const START_MILLISECONDS = 120_000;

/** How long one that neither listens nor is gone is left alone between two looks, in milliseconds. */
const SETTLE_MILLISECONDS = 100;

/** Most bytes of a supervisor's one line. */
const REPORT_BYTES = 16_384;

/**
 * Reaches a running supervisor.
 *
 * @param folder the machine's
 * @returns its link, `undefined` when none listens
 * @throws {SmolvmError} kind `guest` when one listens and does not answer
 */
export async function connectSupervisor(
  folder: Pick<MachineFolder, "lock" | "socket">,
  deadlineMilliseconds = GREETING_MILLISECONDS,
): Promise<ClientLink | undefined> {
  const socket = socketOf(folder);
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
  const hello = { version: VERSION, clock: Date.now(), hostname: "" };
  try {
    return await ClientLink.connect(unixTransport(connection), hello, {
      deadlineMilliseconds,
    });
  } catch (cause) {
    if (!(cause instanceof SmolvmError) || cause.remedy !== undefined) throw cause;
    throw new SmolvmError("guest", {
      action: "reach the machine",
      reason: "its supervisor does not answer",
      remedy: "try again, or end it with smolvm microvm stop --force",
      cause,
    });
  }
}

/** A machine that was reached. */
export interface Reached {
  /** Absent when it was started here and has ended already, as one with a short command does. */
  readonly link: ClientLink | undefined;
  /** Whether it was started here. */
  readonly started: boolean;
}

/** What a supervisor is started with; its environment says which engine a machine takes that names none. */
export type SupervisorHost = Pick<Host, "paths" | "program" | "environment">;

/**
 * Reaches a machine, starting it when it does not run. Any number of callers at once start it once.
 *
 * @throws {SmolvmError} kind `guest` when it does not start, `usage` when it was deleted meanwhile
 */
export async function reachOrStart(spec: MachineSpec, host: SupervisorHost): Promise<Reached> {
  const { paths } = host;
  const folder = machineFolder(paths, spec.id);
  const running = await connectSupervisor(folder);
  if (running) return { link: running, started: false };
  using _turn = await changesLock(paths, spec);
  const meanwhile = await settledSupervisor(folder);
  if (meanwhile) return { link: meanwhile, started: false };
  await startSupervisor(spec, host);
  return { link: await connectSupervisor(folder), started: true };
}

/**
 * As {@linkcode reachOrStart}, for those who want something of it: one that has ended already is an error.
 *
 * @throws {SmolvmError} kind `guest`
 */
export async function reachMachine(spec: MachineSpec, host: SupervisorHost): Promise<ClientLink> {
  const { link } = await reachOrStart(spec, host);
  if (link) return link;
  throw new SmolvmError("guest", {
    action: "reach the machine",
    subject: spec.name,
    reason: "its command ended as soon as it had started, and the machine with it",
    remedy: `look at smolvm microvm logs ${spec.name}`,
  });
}

/**
 * Waits until a machine that is starting or ending runs, or does not. The caller has its turn, so whoever
 * started it is gone.
 *
 * @returns the link to one that runs
 * @throws {SmolvmError} kind `guest` when it does neither in time
 */
export async function settledSupervisor(folder: MachineFolder): Promise<ClientLink | undefined> {
  for (const end = performance.now() + START_MILLISECONDS; performance.now() < end;) {
    const link = await connectSupervisor(folder);
    if (link) return link;
    if (await awaitUnsupervised(folder, SETTLE_MILLISECONDS)) return undefined;
  }
  throw new SmolvmError("guest", {
    action: "reach the machine",
    subject: folder.path,
    reason: "it has been starting or ending for too long",
    remedy: "end it with smolvm microvm stop --force",
  });
}

/**
 * Starting, stopping and deleting one machine are for one process at a time.
 *
 * @throws {SmolvmError} kind `state` when others take too long, kind `usage` when it was deleted meanwhile
 */
export async function changesLock(paths: Paths, spec: { id: string; name: string }): Promise<FileLock> {
  const folder = machineFolder(paths, spec.id);
  const signal = AbortSignal.timeout(START_MILLISECONDS);
  try {
    const lock = await FileLock.acquire(folder.changes, { signal });
    if (isFolder(folder.path)) return lock;
    // Deleted while we waited: the lock is a file that nobody needs any more.
    Deno.removeSync(folder.changes);
    lock[Symbol.dispose]();
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new SmolvmError("state", {
      action: "change the machine",
      subject: spec.name,
      reason: "another smolvm is starting, stopping or deleting it",
      remedy: "try again",
      cause,
    });
  }
  throw new SmolvmError("usage", {
    action: "find the machine",
    subject: spec.name,
    reason: "it was deleted a moment ago",
  });
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/**
 * Starts a supervisor in a session of its own and waits for its one line.
 *
 * @throws {SmolvmError} kind `guest` with why the machine does not run
 */
export async function startSupervisor(
  spec: MachineSpec,
  { program, environment }: Pick<Host, "program" | "environment">,
): Promise<void> {
  const [self = "", ...words] = program;
  const child = new Deno.Command(self, {
    args: [...words, SUPERVISOR_PROCESS, spec.id],
    env: { ...environment },
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
 * @param words what an error says was tried
 * @returns the event, `undefined` when none came in time, or the other side went away
 * @throws {SmolvmError} kind `guest` when the other side says why it does not do it
 */
export async function ask(
  link: ClientLink,
  request: OpenRequest,
  milliseconds: number,
  words: { readonly action: string; readonly subject?: string } = { action: "ask the machine" },
): Promise<SessionEvent | undefined> {
  const stream = link.open(request);
  let timer: number | undefined;
  const late = new Promise<"late">((resolve) => timer = setTimeout(() => resolve("late"), milliseconds));
  try {
    const event = await Promise.race([stream.nextMessage(), late]);
    if (event === "late") return undefined;
    if (event) return event;
    const { reason } = await stream.ended;
    if (reason === undefined) return undefined;
    throw new SmolvmError("guest", { ...words, reason });
  } finally {
    clearTimeout(timer);
  }
}
