/**
 * Standard streams of a program that nobody listens to.
 *
 * @module
 */
import { Channel } from "../../src/wire/stream.ts";
import { nullStreams } from "../process/null_streams.ts";
import type { OpenStdio } from "./stdio.ts";

/**
 * Opens /dev/null for all three streams.
 *
 * @throws {SyscallError} when it cannot be opened
 */
export function openNull(): OpenStdio {
  const streams = nullStreams();
  return {
    streams,
    carry: (stream) => {
      streams[Symbol.dispose]();
      for (const channel of [Channel.stdout, Channel.stderr]) stream.end(channel);
      return { done: Promise.resolve(), programEnded: () => {}, leave: () => {} };
    },
    [Symbol.dispose]: () => streams[Symbol.dispose](),
  };
}
