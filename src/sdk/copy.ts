/**
 * Copying files for a program that uses smolvm as a library: sides as values, archives as streams.
 *
 * @module
 */
import { copy, type CopyEnd, refuseUnlessOne } from "../actions/copy.ts";
import { containerPlace, hostPlace, machinePlace } from "../actions/copy_places.ts";
import { type MachineContext, withMachines } from "../actions/machine_context.ts";
import type { Host } from "../payload/host.ts";

/** A path of this host; with a machine, a path of that; with a container too, a path of that. */
export interface CopyPath {
  readonly machine?: string;
  /** Its name, its id, or the beginning of that. It must run. */
  readonly container?: string;
  /** Of this host: as a program's working folder has it. In a guest from the root. */
  readonly path: string;
}

/** What is copied: files, or a tar's. */
export type CopySource = CopyPath | ReadableStream<Uint8Array>;

/** Where it goes: a path, or a stream that takes a tar, and is closed behind it. */
export type CopyTarget = CopyPath | WritableStream<Uint8Array>;

/** How a copy is made. */
export interface CopyOptions {
  /** Keep owners; times and modes are kept in any case. */
  readonly archive?: boolean;
  /** Copy what the source leads to, where it is a link. */
  readonly followLink?: boolean;
  /** Breaks the copy off with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told how many bytes were copied. */
  readonly onProgress?: (bytes: number) => void;
}

/** Copies. @throws {SmolvmError} kind `usage` unless one side is in a machine, kind `process` with what failed */
export function copyFiles(
  host: Host,
  from: CopySource,
  to: CopyTarget,
  options: CopyOptions,
): Promise<void> {
  const { archive = false, followLink = false, onProgress } = options;
  const signal = options.signal ?? new AbortController().signal;
  return withMachines(host, async (context) => {
    const [source, target] = [await endOf(from, context), await endOf(to, context)];
    refuseUnlessOne([source.word, target.word], source.parsed, target.parsed);
    const writer = to instanceof WritableStream ? to.getWriter() : undefined;
    try {
      await copy(source, target, {
        archive,
        follow: followLink,
        stdin: () => from instanceof ReadableStream ? from : ReadableStream.from([]),
        // The buffer is used again for the next bytes.
        stdout: async (bytes) => await writer?.write(bytes.slice()),
        signal,
        ...(onProgress && { count: onProgress }),
      });
      await writer?.close();
    } catch (error) {
      await writer?.abort(error).catch(() => {});
      throw error;
    } finally {
      writer?.releaseLock();
    }
  });
}

async function endOf(side: CopySource | CopyTarget, context: MachineContext): Promise<CopyEnd> {
  if (!("path" in side)) return { word: "an archive", parsed: { at: "stream" } };
  const { machine, container, path } = side;
  if (machine === undefined) {
    return { word: path, parsed: { at: "host", path }, place: await hostPlace(context) };
  }
  const place = container === undefined
    ? machinePlace(machine, context, () => {})
    : containerPlace(machine, container, context);
  const name = container ?? machine;
  return { word: `${name}:${path}`, parsed: { at: "guest", name, path }, place };
}
