/**
 * Runs the program `copy` at two places, the output of one the input of the other. Leaves to the places how it runs
 * there, and to placing.ts what is copied.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import type { SessionStreams, Sink } from "../session/session_streams.ts";
import { decodeWord, encodeWord, holdsBytes } from "../text/byte_word.ts";

/** Most bytes of a complaint that are kept. */
const COMPLAINT_BYTES = 8_192;

/** Where `copy` runs: this host, a machine, a container. */
export interface CopyPlace {
  /** The word for its root: `/`, or a container's cgroup. */
  readonly root: string;
  /** Runs it. @returns its exit code */
  run(args: readonly string[], streams: SessionStreams, signal: AbortSignal): Promise<number>;
}

/** Runs `copy` at a place. @throws {SmolvmError} kind `process`, with what it complained of */
export async function runCopy(
  place: CopyPlace,
  args: readonly string[],
  streams: Omit<SessionStreams, "stderr">,
  { word, signal }: { readonly word: string; readonly signal: AbortSignal },
): Promise<void> {
  let complaint = "";
  const decoder = new TextDecoder();
  const stderr: Sink = (bytes) => {
    if (complaint.length < COMPLAINT_BYTES) complaint += decoder.decode(bytes.subarray(0, COMPLAINT_BYTES));
    return Promise.resolve();
  };
  const code = await place.run(args, { ...streams, stderr }, signal);
  if (code === 0) return;
  // The guest may have written anything: one line of it is shown, without control characters.
  const [line = ""] = complaint.trim().split("\n");
  const reason = line.replaceAll(/\p{Cc}/gu, "?") || BROKEN_OFF;
  throw new SmolvmError("process", { action: "copy", subject: word, reason });
}

const BROKEN_OFF = "it broke off";

/**
 * Arguments of `copy` for a process of this host. Deno makes of a byte that is not UTF-8 another one, so a name with
 * such bytes goes as hexadecimal digits (copy.c, `hex`).
 */
export function hostWords(args: readonly string[]): string[] {
  return args.some(holdsBytes) ? ["hex", ...args.map((word) => encodeWord(word).toHex())] : [...args];
}

/** What `copy` writes at a place, as a word of whatever bytes. */
export async function outputOf(
  place: CopyPlace,
  args: readonly string[],
  options: { readonly word: string; readonly signal: AbortSignal },
): Promise<string> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let count = 0;
  const stdout: Sink = (bytes) => {
    if (count < COMPLAINT_BYTES) pieces.push(bytes.slice());
    count += bytes.byteLength;
    return Promise.resolve();
  };
  await runCopy(place, args, { stdout }, options);
  return decodeWord(await new Blob(pieces).bytes());
}

/**
 * Joins a writer and a reader of an archive, with no more than one piece between them.
 *
 * @param write begins to write into the sink
 * @param read reads the stream to its end
 * @param count told how many bytes went through
 * @throws what the writer throws of its own, else what the reader throws
 */
export async function transfer(
  write: (sink: Sink) => Promise<void>,
  read: (stream: ReadableStream<Uint8Array>) => Promise<void>,
  count: (bytes: number) => void = () => {},
): Promise<void> {
  const pipe = new TransformStream<Uint8Array, Uint8Array>();
  const writer = pipe.writable.getWriter();
  writer.closed.catch(() => {});
  let passed = 0;
  // The session's buffer is used again once the sink has returned.
  const sink: Sink = async (bytes) => {
    await writer.write(bytes.slice());
    count(passed += bytes.byteLength);
  };
  // An archive that breaks off is an error to its reader, which so ends by itself.
  const writing = write(sink).finally(() => writer.close().catch(() => {}));
  const reading = read(pipe.readable).finally(() => writer.abort().catch(() => {}));
  const [written, wasRead] = await Promise.allSettled([writing, reading]);
  const reasons = [written, wasRead].flatMap((one) => one.status === "rejected" ? [one.reason] : []);
  if (reasons.length === 0) return;
  // A writer whose reader is gone has no reason of its own.
  if (written.status === "rejected" && wasRead.status === "rejected" && !isOwn(written.reason)) {
    throw wasRead.reason;
  }
  throw reasons[0];
}

/** Whether the writer had a reason of its own, and not only a reader that was gone. */
function isOwn(reason: unknown): boolean {
  return reason instanceof SmolvmError && reason.reason !== BROKEN_OFF;
}
