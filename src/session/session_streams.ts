/**
 * Joins a session to the streams of this process: input with back-pressure, output as it comes, the last
 * event when all output was written.
 *
 * @module
 */
import type { SessionRequest } from "../guest_protocol/messages.ts";
import { Channel, type Stream } from "../wire/stream.ts";

/** Where bytes go; writes all of them. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

/** The streams of a session. */
export interface SessionStreams {
  /** `undefined`: the program's stdin is /dev/null. */
  readonly stdin?: ReadableStream<Uint8Array>;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** An event of any session, of the agent or of a supervisor. */
interface AnyEvent {
  readonly kind: string;
}

/** A session, at the end that asked for it. */
type Session<Event extends AnyEvent> = Stream<Event, SessionRequest>;

/**
 * Runs a session to its end.
 *
 * @param stream the session
 * @param streams what it is joined to
 * @param started called when the program runs
 * @returns its last event, `undefined` when it was cut off before one came
 * @throws what a sink throws: nobody reads the output any more
 */
export async function joinSession<Event extends AnyEvent>(
  stream: Session<Event>,
  streams: SessionStreams,
  started: () => void = () => {},
): Promise<Event | undefined> {
  const input = streams.stdin ? pumpInput(stream, streams.stdin) : undefined;
  input?.catch(() => {});
  const [last] = await Promise.all([
    lastEvent(stream, started),
    pumpOutput(stream, Channel.stdout, streams.stdout),
    pumpOutput(stream, Channel.stderr, streams.stderr),
  ]);
  return last;
}

async function lastEvent<Event extends AnyEvent>(
  stream: Session<Event>,
  started: () => void,
): Promise<Event | undefined> {
  let last: Event | undefined;
  for (let event = await stream.nextMessage(); event; event = await stream.nextMessage()) {
    if (event.kind === "started") started();
    else last = event;
  }
  return last;
}

async function pumpOutput(stream: Session<AnyEvent>, channel: Channel, sink: Sink): Promise<void> {
  for (let bytes = await stream.read(channel); bytes; bytes = await stream.read(channel)) await sink(bytes);
}

/** Stdin is read only as fast as the program takes it, and no further once it has ended. */
async function pumpInput(stream: Session<AnyEvent>, stdin: ReadableStream<Uint8Array>): Promise<void> {
  const reader = stdin.getReader();
  void stream.ended.then(() => reader.cancel()).catch(() => {});
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!(await stream.write(Channel.stdin, part.value))) return;
  }
  stream.end(Channel.stdin);
}
