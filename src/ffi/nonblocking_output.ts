/**
 * Writes to a stream that whoever started this process made non-blocking, by write(2) itself. The runtime's own stdout is
 * that of Rust's standard library, which keeps parts of lines for itself: where the stream is full it says EAGAIN though it has
 * taken some of the bytes, and nobody can tell how many.
 *
 * @module
 */
import { errnoAt, errnoFunction, systemLibrary } from "./system_library.ts";

const onMac = Deno.build.os === "darwin";
const F_GETFL = 3;
const O_NONBLOCK = onMac ? 4 : 0o4000;
const EAGAIN = onMac ? 35 : 11;

function load() {
  return Deno.dlopen(systemLibrary, {
    // int fcntl(int fd, int cmd): F_GETFL takes nothing more, so that the variadic argument is never passed
    fcntl: { parameters: ["i32", "i32"], result: "i32" },
    // ssize_t write(int fd, const void *buf, size_t count)
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    errno: errnoFunction,
  }).symbols;
}

let loaded: ReturnType<typeof load> | undefined;

/**
 * Writes what a stream takes now.
 *
 * @returns how many bytes it took, 0 where it is full; `undefined` where the stream is a blocking one or cannot be written:
 * nothing was written, and the runtime's own write waits, or says why
 */
export function writeNow(descriptor: number, bytes: Uint8Array): number | undefined {
  loaded ??= load();
  const flags = loaded.fcntl(descriptor, F_GETFL);
  if (flags < 0 || (flags & O_NONBLOCK) === 0) return undefined;
  const taken = Number(loaded.write(descriptor, bytes as Uint8Array<ArrayBuffer>, BigInt(bytes.length)));
  if (taken >= 0) return taken;
  return errnoAt(loaded.errno()) === EAGAIN ? 0 : undefined;
}
