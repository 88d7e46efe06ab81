/**
 * The main use case: one command in a container of an image, in a VM of its own, of which nothing is left.
 *
 * @module
 */
import type { Choice } from "../engine/choose.ts";
import { placesOf, type VmDescription } from "../engine/vm_description.ts";
import { SmolvmError } from "../error.ts";
import type { Paths } from "../host/paths.ts";
import type { Payload } from "../payload/payload.ts";
import type { Image } from "../image/model/image.ts";
import { debug } from "../log.ts";
import type { ClientStream } from "../wire/client_link.ts";
import type { SessionEvent } from "../guest_protocol/messages.ts";
import { RunningVm } from "../vm/running_vm.ts";
import { judgeEnd, type Outcome } from "../session/outcome.ts";
import { planProcess, type ProcessFlags } from "../session/process_plan.ts";
import { ScratchDisk } from "../vm/scratch_disk.ts";
import { joinSession, type SessionStreams } from "../session/session_streams.ts";

/** How long the VM may take beyond the command's own limit before it is ended from here. */
const TIMEOUT_GRACE_MILLISECONDS = 5_000;

/** What is run. */
export interface RunRequest {
  readonly image: Image;
  readonly process: ProcessFlags;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly diskBytes: number;
  readonly hostname?: string;
  readonly init: boolean;
  /** 0: no limit. */
  readonly timeoutMilliseconds: number;
}

/** What it is run with. */
export interface RunContext {
  readonly paths: Paths;
  readonly payload: Payload;
  readonly choice: Choice;
  readonly streams: SessionStreams;
  readonly hostEnv: (name: string) => string | undefined;
  /** Ends the run from outside. */
  readonly signal: AbortSignal;
  /** Called once the command's session is open. */
  opened(stream: ClientStream): void;
}

/**
 * Runs to the end.
 *
 * @throws {SmolvmError} when the VM or the program could not be started or was lost, kind `canceled` when
 * the signal fired
 */
export async function runOnce(request: RunRequest, context: RunContext): Promise<Outcome> {
  const { payload, paths, choice, signal } = context;
  const plan = planProcess(request.image.config, request.process, context.hostEnv);
  const [root, templates] = await Promise.all([payload.path("root.erofs"), payload.path("storage.json")]);
  using scratch = await ScratchDisk.create(paths, request.diskBytes, templates);
  debug("disks ready");
  const id = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
  const description = {
    cpus: request.cpus,
    memoryMiB: request.memoryMiB,
    root,
    image: request.image.disk,
    storage: { path: scratch.path, durability: "scratch" },
    shares: [],
    network: "none",
    console: "tail",
    rootWritable: false,
    shortLived: true,
  } as const satisfies VmDescription;
  const hostname = request.hostname ?? id;
  await using vm = await RunningVm.boot(choice.engine, description, { hostname, signal });
  // The VMM has it open; from here on a killed run leaves no file.
  scratch[Symbol.dispose]();
  const stream = vm.open({
    kind: "container",
    id,
    image: placesOf(description).image,
    hostname,
    argv: [...plan.argv],
    env: [...plan.env],
    cwd: plan.cwd,
    user: plan.user,
    stdin: context.streams.stdin !== undefined,
    timeoutMilliseconds: request.timeoutMilliseconds,
    volumes: [...request.image.config.volumes],
    keep: false,
    init: request.init,
    memoryBytes: 0,
    pids: 0,
  });
  context.opened(stream);
  debug("session open");
  const end = await raceEnd(
    joinSession(stream, context.streams),
    vm,
    signal,
    request.timeoutMilliseconds,
  );
  debug("session over", { end });
  return judgeEnd(end, plan.argv[0] ?? "", request.memoryMiB);
}

/** The session's end, unless the VM or the user is faster. */
async function raceEnd(
  session: Promise<SessionEvent | undefined>,
  vm: RunningVm,
  signal: AbortSignal,
  timeoutMilliseconds: number,
): Promise<SessionEvent | undefined> {
  let timer: number | undefined;
  const aborted = new Promise<never>((_, reject) => {
    const fail = (): void => reject(signal.reason);
    if (signal.aborted) fail();
    signal.addEventListener("abort", fail, { once: true });
  });
  const late = new Promise<SessionEvent>((resolve) => {
    if (timeoutMilliseconds === 0) return;
    const event = { kind: "exited", code: null, signal: 9, outOfMemory: false, timedOut: true } as const;
    timer = setTimeout(() => resolve(event), timeoutMilliseconds + TIMEOUT_GRACE_MILLISECONDS);
  });
  try {
    const ended = await Promise.race([session, aborted, late]);
    if (ended) return ended;
    throw (await vm.ended()) ??
      new SmolvmError("guest", { action: "run the command", reason: "its session was cut off" });
  } finally {
    clearTimeout(timer);
    session.catch(() => {});
    aborted.catch(() => {});
  }
}
