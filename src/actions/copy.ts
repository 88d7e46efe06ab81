/**
 * Copies files between this host and a machine or a container, as `docker cp` does.
 *
 * @module
 */
import { resolve } from "node:path";
import {
  type CopyWord,
  landingOf,
  landingOfStream,
  type Packing,
  packingOf,
  parseFound,
  type Place,
  refuseNowhere,
} from "../copy/placing.ts";
import { type CopyPlace, outputOf, runCopy, transfer } from "../copy/transfer.ts";
import { SmolvmError } from "../error.ts";
import type { Sink } from "../session/session_streams.ts";

/** One side of a copy. */
export interface CopyEnd {
  /** As the user wrote it. */
  readonly word: string;
  readonly parsed: CopyWord;
  /** Where it is; absent for a stream. */
  readonly place?: CopyPlace;
}

/** How a copy is made. */
export interface CopyOptions {
  /** Keep owners (`-a`). */
  readonly archive: boolean;
  /** Follow the link that the source is (`-L`). */
  readonly follow: boolean;
  /** An archive from outside, and where one goes. */
  readonly stdin: () => ReadableStream<Uint8Array>;
  readonly stdout: Sink;
  readonly signal: AbortSignal;
  /** Told how many bytes were copied. */
  readonly count?: (bytes: number) => void;
}

/**
 * Refuses ends of which not exactly one is in a machine.
 *
 * @param words as the user wrote them
 * @throws {SmolvmError} kind `usage`
 */
export function refuseUnlessOne(words: readonly [string, string], ...parsed: readonly CopyWord[]): void {
  const guests = parsed.filter(({ at }) => at === "guest").length;
  if (guests === 1) return;
  throw new SmolvmError("usage", {
    action: "copy",
    subject: words.join(" to "),
    reason: guests === 0 ? "neither is in a machine" : "both are in machines",
    remedy: guests === 0 ? "write NAME:PATH for one" : "copy through a pipe: cp NAME:PATH - | cp - NAME:PATH",
  });
}

/**
 * Copies.
 *
 * @throws {SmolvmError} kind `usage` when the words make no copy, kind `process` with what failed at either end
 */
export async function copy(from: CopyEnd, to: CopyEnd, options: CopyOptions): Promise<void> {
  const { signal, count } = options;
  if (!from.place) {
    const target = await look(to, signal);
    const folder = landingOfStream(target);
    return await transfer(
      async (sink) => {
        for await (const bytes of options.stdin()) await sink(bytes);
      },
      (stream) => unpack(to, folder, stream, options),
      count,
    );
  }
  // This host's side first: what is missing there is no reason to start a machine.
  const onHost = to.parsed.at === "host" ? await look(to, signal) : undefined;
  if (onHost) refuseNowhere(onHost);
  const packing = packingOf(await look(from, signal), options.follow);
  if (!to.place) return await pack(from, packing, packing.name, options.stdout, signal);
  const { folder, name } = landingOf(packing, onHost ?? await look(to, signal));
  await transfer(
    (sink) => pack(from, packing, name, sink, signal),
    (stream) => unpack(to, folder, stream, options),
    count,
  );
}

async function look({ word, parsed, place }: CopyEnd, signal: AbortSignal): Promise<Place> {
  if (!place || parsed.at === "stream") {
    throw new SmolvmError("usage", { action: "copy", reason: "no path is given" });
  }
  const path = absolute(parsed.path, parsed.at === "host" ? Deno.cwd() : "/");
  return {
    word,
    path,
    found: parseFound(await outputOf(place, ["stat", place.root, path], { word, signal })),
  };
}

/** Absolute, with the `/`, `/.` or `/..` at its end that placing.ts looks at. */
function absolute(path: string, folder: string): string {
  const [end = ""] = /(^|\/)\.{0,2}$/.exec(path) ?? [];
  if (end === "..") return `${resolve(folder)}/..`;
  const whole = resolve(folder, end.endsWith("..") ? path.slice(0, -2) : path);
  if (end === "") return whole;
  return `${whole === "/" ? "" : whole}/${end.replace(/^\//, "")}`;
}

async function pack(
  { word, place }: CopyEnd,
  { path, follow }: Packing,
  name: string,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  if (!place) return;
  const args = ["pack", place.root, path, name, ...(follow ? ["L"] : [])];
  await runCopy(place, args, { stdout: sink }, { word, signal });
}

/** Owners: as in the archive with `-a`; else root's in a guest, and on this host whoever copies. */
async function unpack(
  { word, parsed, place }: CopyEnd,
  folder: string,
  stdin: ReadableStream<Uint8Array>,
  { archive, signal }: CopyOptions,
): Promise<void> {
  if (!place) return;
  const onHost = parsed.at === "host";
  const owners = archive && (!onHost || Deno.uid() === 0) ? ["o"] : onHost ? ["u"] : [];
  const args = ["unpack", place.root, folder, ...owners];
  await runCopy(place, args, { stdin, stdout: () => Promise.resolve() }, { word, signal });
}
