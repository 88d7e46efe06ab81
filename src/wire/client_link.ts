/**
 * The host's end of a link: says hello, opens streams, and trusts nothing that comes back.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  FrameType,
  MAX_FRAME_BYTES,
  ProtocolError,
} from "./frames.ts";
import { encodeHello, GreetingScanner } from "./greeting.ts";
import { decodeJsonOr, encodeJson } from "./json.ts";
import {
  eventSchema,
  type Hello,
  type HelloAck,
  helloAckSchema,
  type OpenRequest,
  PROTOCOL_VERSION,
  type SessionEvent,
  type SessionRequest,
} from "../guest_protocol/messages.ts";
import { Outbox } from "./outbox.ts";
import { Channel, Stream } from "./stream.ts";
import type { Transport } from "./transport.ts";

/** A session of the host: it hears events and sends requests. */
export type ClientStream = Stream<SessionEvent, SessionRequest>;

/** How long the agent may take to answer a ping. */
const PING_MILLISECONDS = 10_000;

/** How often the agent is asked for one while sessions are open, in milliseconds. */
const TURN_MILLISECONDS = 10_000;

/** Turns without a byte from the agent that end the link: a busy guest is slow, a halted one says nothing. */
const SILENT_TURNS = 6;

const empty = new Uint8Array(0);

/** An open link. Disposing closes the transport. */
export class ClientLink implements Disposable {
  /** What the agent said of itself. */
  readonly ack: HelloAck;
  /** Fulfilled when the link is over: with the error that ended it, or `undefined` after `close()`. */
  readonly closed: Promise<SmolvmError | undefined>;
  readonly #transport: Transport;
  readonly #outbox: Outbox;
  readonly #streams = new Map<number, ClientStream>();
  #lastStream = 0;
  #pings: (() => void)[] = [];
  readonly #turnMilliseconds: number;
  #watch: number | undefined;
  #silentTurns = 0;
  /** Whether something was sent that must be answered, and nothing was heard since. */
  #asked = false;
  #over = false;
  #resolveClosed: (error: SmolvmError | undefined) => void = () => {};

  private constructor(transport: Transport, greeted: Greeted, turnMilliseconds: number) {
    this.#transport = transport;
    this.ack = greeted.ack;
    this.#turnMilliseconds = turnMilliseconds;
    this.closed = new Promise((resolve) => this.#resolveClosed = resolve);
    this.#outbox = new Outbox(transport, (error) => this.#finish(broken("the VM's link broke", error)));
    void this.#receive(greeted.rest);
  }

  /**
   * Says hello and waits for the agent's answer, ignoring every byte before it.
   *
   * @param transport the byte stream to the agent
   * @param hello what is said; the nonce of each try is added here
   * @param options `deadlineMilliseconds` bounds the wait; `signal` ends it; `turnMilliseconds` is how often the
   * agent is asked for a sign of life while sessions are open, and six turns without one end the link
   * @throws {SmolvmError} kind `guest` when no answer comes in time, the stream ends, or the agent speaks
   * another version; kind `canceled` when `signal` fires. The transport is closed then.
   */
  static async connect(
    transport: Transport,
    hello: Omit<Hello, "nonce" | "protocol">,
    options: { deadlineMilliseconds: number; signal?: AbortSignal; turnMilliseconds?: number },
  ): Promise<ClientLink> {
    const deadline = AbortSignal.timeout(options.deadlineMilliseconds);
    const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
    const stop = (): void => transport.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      const greeted = await greet(transport, hello);
      judgeVersion(greeted.ack);
      return new ClientLink(transport, greeted, options.turnMilliseconds ?? TURN_MILLISECONDS);
    } catch (error) {
      transport.close();
      if (options.signal?.aborted) {
        throw new SmolvmError("canceled", { action: "reach the agent", reason: "interrupted", cause: error });
      }
      if (deadline.aborted) {
        const seconds = options.deadlineMilliseconds / 1000;
        throw broken(`the agent did not answer within ${seconds} s`, error);
      }
      throw error instanceof SmolvmError
        ? error
        : broken("the VM's link ended before the agent answered", error);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /**
   * Opens a stream.
   *
   * @throws {SmolvmError} kind `guest` when the link is over
   */
  open(request: OpenRequest): ClientStream {
    if (this.#over) throw broken("the VM's link is closed");
    const stream: ClientStream = new Stream(++this.#lastStream, {
      outbox: this.#outbox,
      incoming: eventSchema,
      sends: [Channel.stdin],
      forget: (id) => void this.#streams.delete(id),
    });
    this.#streams.set(stream.id, stream);
    this.#watchAgent();
    this.#outbox.post(encodeFrame({ stream: stream.id, type: FrameType.open, payload: encodeJson(request) }));
    return stream;
  }

  /**
   * Asks the agent for a sign of life.
   *
   * @throws {SmolvmError} kind `guest` when none comes within 10 s
   */
  async ping(): Promise<void> {
    this.#postPing();
    let timer: number | undefined;
    const answer = new Promise<boolean>((resolve) => {
      this.#pings.push(() => resolve(true));
      timer = setTimeout(() => resolve(false), PING_MILLISECONDS);
    });
    const alive = await answer;
    clearTimeout(timer);
    if (!alive || this.#over) throw broken("the agent does not answer");
  }

  /** Closes the link and abandons its streams. */
  close(): void {
    this.#finish(undefined);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Asks for signs of life while streams are open, and on until one comes: who opened a stream may have lost
   * patience. Counts turns, not time: a host that slept, or a process that was stopped, missed turns too.
   */
  #watchAgent(): void {
    this.#asked = true;
    this.#watch ??= setInterval(() => {
      if (this.#streams.size === 0 && !this.#asked) return this.#unwatch();
      if (this.#silentTurns++ < SILENT_TURNS) return this.#postPing();
      const seconds = SILENT_TURNS * this.#turnMilliseconds / 1000;
      this.#finish(broken(`the VM has not answered for ${seconds} s: it hangs, or its processor was halted`));
    }, this.#turnMilliseconds);
  }

  #unwatch(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #postPing(): void {
    this.#asked = true;
    this.#outbox.post(encodeFrame({ stream: 0, type: FrameType.ping, payload: empty }));
  }

  async #receive(rest: Uint8Array): Promise<void> {
    const decoder = new FrameDecoder();
    try {
      for (const frame of decoder.push(rest)) this.#accept(frame);
      for (;;) {
        const count = await this.#transport.read(decoder.space);
        if (count === null) return this.#finish(broken("the VM's link ended"));
        this.#asked = false;
        this.#silentTurns = 0;
        for (const frame of decoder.take(count)) this.#accept(frame);
      }
    } catch (error) {
      const why = error instanceof ProtocolError
        ? `the agent broke the protocol (${error.message})`
        : "its link broke";
      this.#finish(broken(why, error));
    }
  }

  #accept(frame: Frame): void {
    if (frame.stream === 0) {
      if (frame.type !== FrameType.pong) throw new ProtocolError(`frame of type ${frame.type} on stream 0`);
      return this.#pings.shift()?.();
    }
    if (frame.stream > this.#lastStream) {
      throw new ProtocolError(`frame for stream ${frame.stream}, never opened`);
    }
    // A stream this side has ended may still have frames on their way.
    this.#streams.get(frame.stream)?.accept(frame.type, frame.payload);
  }

  #finish(error: SmolvmError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#unwatch();
    this.#outbox.close();
    this.#transport.close();
    for (const stream of [...this.#streams.values()]) stream.abandon(error?.reason ?? "the link was closed");
    for (const answer of this.#pings.splice(0)) answer();
    this.#resolveClosed(error);
  }
}

/** The agent's answer, and the bytes that came behind it. */
interface Greeted {
  readonly ack: HelloAck;
  readonly rest: Uint8Array;
}

/** Says hello and waits for the answer to it. */
async function greet(transport: Transport, hello: Omit<Hello, "nonce" | "protocol">): Promise<Greeted> {
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const bytes = encodeHello({ protocol: PROTOCOL_VERSION, nonce, ...hello });
  const said = (async () => {
    for (let at = 0; at < bytes.length;) {
      at += await transport.write(bytes.subarray(at, at + MAX_FRAME_BYTES));
    }
  })();
  // An answer that does not fit, or to somebody else's nonce, is not the one; the right one may still come.
  const scanner = new GreetingScanner(FrameType.helloAck, (payload) => {
    const ack = decodeJsonOr(payload, helloAckSchema);
    return ack?.nonce === nonce ? ack : undefined;
  });
  const buffer = new Uint8Array(65_536);
  const heard = (async () => {
    for (;;) {
      const count = await transport.read(buffer);
      if (count === null) throw new ProtocolError("the stream ended");
      const found = scanner.push(buffer.subarray(0, count));
      if (found) return { ack: found.greeting, rest: found.rest };
    }
  })();
  const [answer] = await Promise.all([heard, said]);
  return answer;
}

function judgeVersion(ack: HelloAck): void {
  if (ack.protocol === PROTOCOL_VERSION) return;
  throw new SmolvmError("guest", {
    action: "talk to the agent",
    reason: `it speaks protocol ${ack.protocol} (smolvm ${
      ack.version.slice(0, 40)
    }), this smolvm ${PROTOCOL_VERSION}`,
    remedy: "stop the VM and start it with this smolvm",
  });
}

function broken(reason: string, cause?: unknown): SmolvmError {
  return new SmolvmError("guest", { action: "talk to the VM", reason, cause });
}
