/**
 * The agent's end of a link: silent until a hello, then a server of streams; when the host is gone or
 * breaks the protocol, every session ends and the next hello is waited for.
 *
 * @module
 */
import { encodeFrame, type Frame, FrameDecoder, FrameType, ProtocolError } from "./frames.ts";
import { encodeHelloAck, GreetingScanner } from "./greeting.ts";
import { decodeJson, decodeJsonOr } from "./json.ts";
import {
  type Hello,
  type HelloAck,
  helloSchema,
  type OpenRequest,
  openSchema,
  PROTOCOL_VERSION,
  requestSchema,
  type SessionEvent,
  type SessionRequest,
} from "../guest_protocol/messages.ts";
import { Outbox } from "./outbox.ts";
import { Channel, Stream } from "./stream.ts";
import type { Transport } from "./transport.ts";

/** A session of the agent: it hears requests and sends events. */
export type ServerStream = Stream<SessionRequest, SessionEvent>;

/** Streams a host may have open at once. */
const STREAM_LIMIT = 256;

/** What the agent does with a link. */
export interface ServerHandlers {
  /** A host said hello; returns what the agent says of itself. */
  hello(hello: Hello): Omit<HelloAck, "protocol" | "nonce">;
  /** A stream was opened; the handler owns it and must not throw. */
  open(stream: ServerStream, request: OpenRequest): void;
}

/**
 * Serves hosts on one transport, one after the other, until the transport ends.
 *
 * @param transport the byte stream to the host
 * @param handlers what the agent does
 */
export async function serveLink(transport: Transport, handlers: ServerHandlers): Promise<void> {
  const buffer = new Uint8Array(65_536);
  let pending: Uint8Array = new Uint8Array(0);
  for (;;) {
    const greeted = await awaitHello(transport, pending, buffer);
    if (!greeted) return;
    const link = new ServerLink(transport, handlers, greeted.hello);
    const left = await link.serve(greeted.rest);
    if (!left) return;
    pending = left;
  }
}

async function awaitHello(
  transport: Transport,
  pending: Uint8Array,
  buffer: Uint8Array,
): Promise<{ hello: Hello; rest: Uint8Array } | undefined> {
  const scanner = new GreetingScanner(FrameType.hello, (payload) => decodeJsonOr(payload, helloSchema));
  let found = scanner.push(pending);
  while (!found) {
    const count = await transport.read(buffer);
    if (count === null) return undefined;
    found = scanner.push(buffer.subarray(0, count));
  }
  return { hello: found.greeting, rest: found.rest };
}

/** The link of one host. */
class ServerLink {
  readonly #transport: Transport;
  readonly #handlers: ServerHandlers;
  readonly #outbox: Outbox;
  readonly #streams = new Map<number, ServerStream>();
  #lastStream = 0;
  readonly #refused: boolean;

  constructor(transport: Transport, handlers: ServerHandlers, hello: Hello) {
    this.#transport = transport;
    this.#handlers = handlers;
    this.#outbox = new Outbox(transport, () => this.#abandon());
    // A host of another version still learns which one this is; it opens nothing then.
    this.#refused = hello.protocol !== PROTOCOL_VERSION;
    const ack = { ...handlers.hello(hello), protocol: PROTOCOL_VERSION, nonce: hello.nonce };
    this.#outbox.post(encodeHelloAck(ack));
  }

  /**
   * Serves until the host breaks the protocol or the transport ends.
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

  #acceptOpen(frame: Frame): void {
    if (frame.stream <= this.#lastStream) throw new ProtocolError(`stream ${frame.stream} opened twice`);
    this.#lastStream = frame.stream;
    const stream: ServerStream = new Stream(frame.stream, {
      outbox: this.#outbox,
      incoming: requestSchema,
      sends: [Channel.stdout, Channel.stderr],
      forget: (id) => void this.#streams.delete(id),
    });
    this.#streams.set(stream.id, stream);
    if (this.#refused) return stream.reset(`the agent speaks protocol ${PROTOCOL_VERSION}`);
    if (this.#streams.size > STREAM_LIMIT) return stream.reset(`more than ${STREAM_LIMIT} sessions at once`);
    let request: OpenRequest;
    try {
      request = decodeJson(frame.payload, openSchema);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return stream.reset(error.message);
    }
    this.#handlers.open(stream, request);
  }

  #abandon(): void {
    this.#outbox.close();
    for (const stream of [...this.#streams.values()]) stream.abandon("the host is gone");
  }
}
