/**
 * This process's stdin, also where whoever started the process made it non-blocking: then a read that finds
 * nothing waits until there is something.
 *
 * @module
 */
import { waitReady } from "../ffi/poll.ts";
import { type ByteSource, byteStream } from "./byte_stream.ts";

/** Bytes of one read: what a pipe holds on Linux. */
const CHUNK_BYTES = 65_536;

/** Names of this process's stdin. */
const NAMES: readonly string[] = ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];

/** Whether a path is this process's stdin, which is never opened by its name: it may be non-blocking, or a socket. */
export function isStandardInput(path: string): boolean {
  return NAMES.includes(path);
}

/** Waits until stdin can be read; for tests. */
type Wait = () => Promise<void>;

/** Reads at least one byte of stdin; `null` at its end. */
export async function readStandardInput(into: Uint8Array): Promise<number | null> {
  return await readPatiently(Deno.stdin, into);
}

/** The stream of stdin's bytes, read only when asked. */
export function standardInput(): ReadableStream<Uint8Array> {
  const source: ByteSource = {
    read: readStandardInput,
    // Stdin stays the process's: another reader may follow.
    [Symbol.dispose]() {},
  };
  return byteStream(() => Promise.resolve(source), CHUNK_BYTES);
}

/**
 * Reads from what may say that it has nothing yet (EAGAIN).
 *
 * @throws {Deno.errors} when it cannot be read for another reason
 */
export async function readPatiently(
  file: { read(into: Uint8Array): Promise<number | null> },
  into: Uint8Array,
  wait: Wait = () => waitReady(0, "read"),
): Promise<number | null> {
  for (;;) {
    try {
      return await file.read(into);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await wait();
    }
  }
}
