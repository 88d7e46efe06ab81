/**
 * Where `cp` finds files: this host, a machine, a container. At each the program `copy` (src/copy/copy.c) runs.
 *
 * @module
 */
import { reachOrStart } from "../client/reach.ts";
import { type CopyPlace, hostWords } from "../copy/transfer.ts";
import { SmolvmError } from "../error.ts";
import type { SessionStreams } from "../session/session_streams.ts";
import { DEFAULT_MACHINE } from "../machines/spec.ts";
import { findMachine, findUsableMachine } from "./find_machine.ts";
import type { MachineContext } from "./machine_context.ts";
import { placeInContainer, placeInMachine, type SessionPlace } from "./open_session.ts";
import { programRequest } from "./program_request.ts";
import { runSession } from "./run_session.ts";

/** Where the guest root has it. */
const GUEST_COPY = "/sbin/smolvm-copy";

/** This host. */
export async function hostPlace({ payload }: MachineContext): Promise<CopyPlace> {
  const program = await payload.path("copy");
  return { root: "/", run: (args, streams, signal) => runOnHost(program, args, streams, signal) };
}

/**
 * A machine's own root. One that does not run is started when something is wanted of it, and the default one is made.
 *
 * @param started told when the machine had to be started
 * @throws {SmolvmError} kind `usage` when there is no such machine
 */
export function machinePlace(
  name: string,
  context: MachineContext,
  started: (name: string) => void,
): CopyPlace {
  if (name !== DEFAULT_MACHINE) findMachine(name, context);
  const start = async () => {
    const { spec } = await findUsableMachine(name, context);
    const reached = await reachOrStart(spec, context);
    reached.link?.close();
    if (reached.started) started(spec.name);
  };
  let running: Promise<void> | undefined;
  const run: CopyPlace["run"] = async (args, streams, signal) => {
    await (running ??= start());
    return await runInGuest(
      () => placeInMachine(name, request(args, streams, context), context),
      streams,
      signal,
    );
  };
  return { root: "/", run };
}

/** The root of a container that runs. */
export function containerPlace(machine: string, word: string, context: MachineContext): CopyPlace {
  const find = (args: readonly string[], streams: SessionStreams) =>
    placeInContainer(machine, word, request(args, streams, context), context);
  const id = context.records.containers.find(
    context.records.get(machine)?.spec ?? { id: "", name: machine },
    word,
  );
  return {
    root: `container-${id.spec.id}`,
    // From the VM's own root, which has the program; that goes into the container's root by itself.
    run: (args, streams, signal) =>
      runInGuest(
        async () => {
          const { link, memoryMiB } = await find(args, streams);
          return { link, memoryMiB, request: { kind: "exec", ...request(args, streams, context) } };
        },
        streams,
        signal,
      ),
  };
}

function request(args: readonly string[], { stdin }: SessionStreams, context: MachineContext) {
  return programRequest({
    argv: [GUEST_COPY, ...args],
    cwd: "/",
    user: "0:0",
    stdin: stdin !== undefined,
  }, context);
}

async function runInGuest(
  reach: () => Promise<SessionPlace>,
  streams: SessionStreams,
  signal: AbortSignal,
): Promise<number> {
  try {
    return (await runSession(reach, { program: GUEST_COPY, streams, signal })).exitCode;
  } catch (cause) {
    if (!(cause instanceof SmolvmError) || cause.exitCode !== 127) throw cause;
    throw new SmolvmError("guest", {
      action: "copy",
      reason: "the machine was started by a smolvm that had no cp",
      remedy: "restart it with smolvm microvm restart",
      cause,
    });
  }
}

async function runOnHost(
  program: string,
  args: readonly string[],
  { stdin, stdout, stderr }: SessionStreams,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  const child = new Deno.Command(program, {
    args: hostWords(args),
    cwd: "/",
    clearEnv: true,
    stdin: stdin ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const end = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    const [{ code }, , , ...rest] = await Promise.all([
      child.status,
      // A program that has ended takes no more input, and says why by its exit code.
      stdin?.pipeTo(child.stdin).catch(() => {}),
      drain(child.stderr, stderr),
      drain(child.stdout, stdout).catch((error) => {
        end();
        return error;
      }),
    ]);
    signal.throwIfAborted();
    if (rest[0] !== undefined) throw rest[0];
    return code;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

async function drain(stream: ReadableStream<Uint8Array>, sink: (bytes: Uint8Array) => Promise<void>) {
  for await (const bytes of stream) await sink(bytes);
}
