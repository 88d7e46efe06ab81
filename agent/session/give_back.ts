/**
 * Gives back the memory of a long request once its session is over. V8 collects by itself when its heap has grown,
 * of which the words of a request are a small part, and the copies of them outside the heap hardly count: with
 * requests of 1.5 MiB the agent grew by 6 MB each, out of the memory that is kept for it.
 *
 * @module
 */
import type { OpenRequest } from "../../src/guest_protocol/messages.ts";
import { collectGarbage } from "../../src/async/garbage.ts";
import { libc } from "../syscalls/libc.ts";

/** Characters of a request's words from which on its memory is given back at once; ordinary ones have fewer. */
const LONG_CHARACTERS = 65_536;

/** Whether a request is so long that its memory matters. Pure. */
export function isLong(request: OpenRequest): boolean {
  if (!("argv" in request)) return false;
  const characters = [...request.argv, ...request.env].reduce((sum, word) => sum + word.length, 0);
  return characters >= LONG_CHARACTERS;
}

/** How long the memory is left, in milliseconds: the host closes the stream, which holds the request, meanwhile. */
const LATER_MILLISECONDS = 50;

let timer: number | undefined;

/** Collects soon, once for all requests that end until then. */
export function giveBackLater(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    giveBack();
  }, LATER_MILLISECONDS);
}

/** Collects now. @param thoroughly in src/async/garbage.ts's sense */
export function giveBack(thoroughly = false): void {
  collectGarbage(thoroughly);
  // V8 frees what lay outside its heap; the C library keeps that for its own next allocation.
  libc.malloc_trim(0n);
}
