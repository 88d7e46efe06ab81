/**
 * Joins a session to the streams of this process: input with back-pressure, output as it comes, the last
 * event when all output was written.
 *
 * @module
 */
import type { ClientStream } from "../wire/client_link.ts";
import type { SessionEvent } from "../guest_protocol/messages.ts";
import { Channel } from "../wire/stream.ts";

/** Where bytes go; writes all of them. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

/** The streams of a session. */
export interface SessionStreams {
  /** `undefined`: the program's stdin is /dev/null. */
  readonly stdin?: ReadableStream<Uint8Array>;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/**
 * Runs a session to its end.
 *
 * @param stream the session
 * @param streams what it is joined to
 * @param started called when the program runs
 * @returns its last event, `undefined` when it was cut off before one came
 * @throws what a sink throws: nobody reads the output any more
 */
export async function joinSession(
  stream: ClientStream,
  streams: SessionStreams,
  started: () => void = () => {},
): Promise<SessionEvent | undefined> {
  const input = streams.stdin ? pumpInput(stream, streams.stdin) : undefined;
  input?.catch(() => {});
  const [last] = await Promise.all([
    lastEvent(stream, started),
    pumpOutput(stream, Channel.stdout, streams.stdout),
    pumpOutput(stream, Channel.stderr, streams.stderr),
  ]);
  return last;
}

async function lastEvent(stream: ClientStream, started: () => void): Promise<SessionEvent | undefined> {
  let last: SessionEvent | undefined;
  for (let event = await stream.nextMessage(); event; event = await stream.nextMessage()) {
    if (event.kind === "started") started();
    else last = event;
  }
  return last;
}

async function pumpOutput(stream: ClientStream, channel: Channel, sink: Sink): Promise<void> {
  for (let bytes = await stream.read(channel); bytes; bytes = await stream.read(channel)) await sink(bytes);
}

/** Stdin is read only as fast as the program takes it, and no further once it has ended. */
async function pumpInput(stream: ClientStream, stdin: ReadableStream<Uint8Array>): Promise<void> {
  const reader = stdin.getReader();
  void stream.ended.then(() => reader.cancel()).catch(() => {});
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!(await stream.write(Channel.stdin, part.value))) return;
  }
  stream.end(Channel.stdin);
}
