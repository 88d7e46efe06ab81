/**
 * Waits until a descriptor of this process can be read or written, by poll(2). For the standard streams where
 * whoever started this process made them non-blocking; loaded at the first wait, because a start pays for it.
 *
 * @module
 */
import { systemLibrary } from "./system_library.ts";

/** Longest wait of one call, in milliseconds: whoever waits tries again, and sees another end of the stream. */
const POLL_MILLISECONDS = 1_000;

/** Events of struct pollfd, the same on Linux and macOS. */
const POLLIN = 1;
const POLLOUT = 4;

/** What a descriptor is waited for. */
export type Readiness = "read" | "write";

function load() {
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout): nfds_t is unsigned long; macOS's unsigned int takes
  // the lower half of the same register
  const parameters = ["buffer", "u64", "i32"] as const;
  return Deno.dlopen(systemLibrary, {
    pollHere: { name: "poll", parameters, result: "i32" },
    pollElsewhere: { name: "poll", parameters, result: "i32", nonblocking: true },
  }).symbols;
}

let loaded: ReturnType<typeof load> | undefined;

/**
 * What calls in other threads write to. The runtime holds no buffer that it has handed to such a call: one that is
 * collected meanwhile was seen to end the process with SIGSEGV.
 */
const held = new Set<Uint8Array>();

/**
 * Waits, and keeps this thread until then.
 *
 * @returns after a second at most: the caller tries its read or write again
 */
export function waitReadySync(descriptor: number, readiness: Readiness): void {
  loaded ??= load();
  loaded.pollHere(pollfd(descriptor, readiness), 1n, POLL_MILLISECONDS);
}

/**
 * Waits in a thread of the runtime.
 *
 * @returns after a second at most: the caller tries its read or write again
 */
export async function waitReady(descriptor: number, readiness: Readiness): Promise<void> {
  loaded ??= load();
  const place = pollfd(descriptor, readiness);
  held.add(place);
  try {
    await loaded.pollElsewhere(place, 1n, POLL_MILLISECONDS);
  } finally {
    held.delete(place);
  }
}

/** struct pollfd { int fd; short events; short revents; } */
function pollfd(descriptor: number, readiness: Readiness): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, descriptor, true);
  view.setInt16(4, readiness === "read" ? POLLIN : POLLOUT, true);
  return bytes;
}
