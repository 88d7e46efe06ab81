/**
 * The server's end of a link: silent until a hello, then a server of streams; when the client is gone or
 * breaks the protocol, every stream ends and the next hello is waited for.
 *
 * @module
 */
import { encodeFrame, type Frame, FrameDecoder, FrameType, ProtocolError } from "./frames.ts";
import { encodeHelloAck, GreetingScanner } from "./greeting.ts";
import { decodeJson, decodeJsonOr } from "./json.ts";
import { OpenParts } from "./long_open.ts";
import { Outbox } from "./outbox.ts";
import {
  Feature,
  type Greeting,
  greetingSchema,
  type Messages,
  type OwnFields,
  type Protocol,
} from "./protocol.ts";
import { Channel, Stream } from "./stream.ts";
import { VERSION } from "../version.ts";
import type { Transport } from "./transport.ts";

/** A stream at the server's end: requests come in, events go out. */
export type ServerStream<M extends Messages> = Stream<M["request"], M["event"]>;

/** Streams that a client may have open at once. */
const STREAM_LIMIT = 4_096;

/** What a server does with a link. */
export interface ServerHandlers<M extends Messages> {
  /** A client of the same version said hello; returns the protocol's own part of the answer, for which the client waits. */
  hello(hello: M["hello"]): OwnFields<M["ack"]> | Promise<OwnFields<M["ack"]>>;
  /** A stream was opened; the handler owns the stream and must not throw. */
  open(stream: ServerStream<M>, request: M["open"]): void;
}

/**
 * Serves clients on one transport, one after the other, until the transport ends.
 *
 * @param transport the byte stream to the client
 * @param protocol judges what clients send
 * @param handlers what the server does
 */
export async function serveLink<M extends Messages>(
  transport: Transport,
  protocol: Protocol<M>,
  handlers: ServerHandlers<M>,
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  let pending: Uint8Array = new Uint8Array(0);
  for (;;) {
    const greeted = await awaitHello(transport, protocol, { pending, buffer });
    if (!greeted) return;
    const { hello } = greeted;
    const own = hello.same ? await handlers.hello(hello.hello) : undefined;
    const link = new ServerLink(transport, protocol, handlers, { nonce: hello.hello.nonce, own });
    const left = await link.serve(greeted.rest);
    if (!left) return;
    pending = left;
  }
}

/** A hello: whole from a client of the same version, else as much as every version has. */
type Heard<M extends Messages> =
  | { readonly same: true; readonly hello: M["hello"] }
  | { readonly same: false; readonly hello: Greeting };

async function awaitHello<M extends Messages>(
  transport: Transport,
  protocol: Protocol<M>,
  { pending, buffer }: { pending: Uint8Array; buffer: Uint8Array },
): Promise<{ hello: Heard<M>; rest: Uint8Array } | undefined> {
  const scanner = new GreetingScanner(FrameType.hello, (payload) => judgeHello(payload, protocol));
  let found = scanner.push(pending);
  while (!found) {
    const count = await transport.read(buffer);
    if (count === null) return undefined;
    found = scanner.push(buffer.subarray(0, count));
  }
  return { hello: found.greeting, rest: found.rest };
}

function judgeHello<M extends Messages>(payload: Uint8Array, protocol: Protocol<M>): Heard<M> | undefined {
  const basics = decodeJsonOr(payload, greetingSchema);
  if (!basics) return undefined;
  if (basics.protocol !== protocol.version) return { same: false, hello: basics };
  const hello = decodeJsonOr(payload, protocol.hello);
  return hello && { same: true, hello };
}

/** The link of one client. */
class ServerLink<M extends Messages> {
  readonly #transport: Transport;
  readonly #protocol: Protocol<M>;
  readonly #handlers: ServerHandlers<M>;
  readonly #outbox: Outbox;
  readonly #streams = new Map<number, ServerStream<M>>();
  #lastStream = 0;
  readonly #refused: boolean;
  readonly #parts = new OpenParts();

  /** @param answer `own` is the protocol's part of it; absent for a client of another version */
  constructor(
    transport: Transport,
    protocol: Protocol<M>,
    handlers: ServerHandlers<M>,
    { nonce, own }: { readonly nonce: string; readonly own: OwnFields<M["ack"]> | undefined },
  ) {
    this.#transport = transport;
    this.#protocol = protocol;
    this.#handlers = handlers;
    this.#outbox = new Outbox(transport, () => this.#abandon());
    // A client of another version still learns which one this is; it opens nothing then.
    this.#refused = own === undefined;
    const features = [...Object.values(Feature), ...protocol.features ?? []];
    const about = own === undefined ? {} : { ...own, features };
    this.#outbox.post(
      encodeHelloAck({ ...about, protocol: protocol.version, nonce, version: VERSION }),
    );
  }

  /**
   * Serves until the client breaks the protocol or the transport ends.
   *
   * @returns the bytes to look for the next hello in, or `undefined` at the transport's end
   */
  async serve(rest: Uint8Array): Promise<Uint8Array | undefined> {
    const decoder = new FrameDecoder();
    try {
      for (const frame of decoder.push(rest)) this.#accept(frame);
      for (;;) {
        const count = await this.#transport.read(decoder.space);
        if (count === null) return undefined;
        for (const frame of decoder.take(count)) this.#accept(frame);
      }
    } catch (error) {
      if (error instanceof ProtocolError) return decoder.rest;
      throw error;
    } finally {
      this.#abandon();
    }
  }

  #accept(frame: Frame): void {
    if (frame.stream === 0) return this.#acceptLink(frame);
    if (frame.type === FrameType.open) return this.#acceptOpen(frame);
    if (frame.type === FrameType.openPart) return this.#acceptPart(frame);
    if (frame.stream > this.#lastStream) {
      throw new ProtocolError(`frame for stream ${frame.stream}, never opened`);
    }
    const stream = this.#streams.get(frame.stream);
    try {
      stream?.accept(frame.type, frame.payload);
    } catch (error) {
      // A bad session ends that session only.
      if (!(error instanceof ProtocolError)) throw error;
      stream?.reset(error.message);
    }
  }

  #acceptLink(frame: Frame): void {
    if (frame.type !== FrameType.ping) throw new ProtocolError(`frame of type ${frame.type} on stream 0`);
    this.#outbox.post(encodeFrame({ stream: 0, type: FrameType.pong, payload: new Uint8Array(0) }));
  }

  #acceptPart(frame: Frame): void {
    if (frame.stream <= this.#lastStream) throw new ProtocolError(`stream ${frame.stream} opened twice`);
    this.#parts.take(frame);
  }

  #acceptOpen(frame: Frame): void {
    if (frame.stream <= this.#lastStream) throw new ProtocolError(`stream ${frame.stream} opened twice`);
    const json = this.#parts.whole(frame);
    this.#lastStream = frame.stream;
    const stream: ServerStream<M> = new Stream(frame.stream, {
      outbox: this.#outbox,
      incoming: this.#protocol.request,
      sends: [Channel.stdout, Channel.stderr],
      forget: (id) => void this.#streams.delete(id),
    });
    this.#streams.set(stream.id, stream);
    if (this.#refused) {
      return stream.reset(`${this.#protocol.server} speaks protocol ${this.#protocol.version}`);
    }
    if (this.#streams.size > STREAM_LIMIT) return stream.reset(`more than ${STREAM_LIMIT} sessions at once`);
    let request: M["open"];
    try {
      request = decodeJson(json, this.#protocol.open);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return stream.reset(error.message);
    }
    this.#handlers.open(stream, request);
  }

  #abandon(): void {
    this.#outbox.close();
    for (const stream of [...this.#streams.values()]) stream.abandon("the client is gone");
  }
}
