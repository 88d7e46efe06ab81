/**
 * The client's end of a link: says hello, opens streams, and trusts nothing that comes back.
 *
 * @module
 */
import { SmolvmError } from "../error.ts";
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  FrameType,
  MAX_PAYLOAD_BYTES,
  ProtocolError,
} from "./frames.ts";
import { greet, type Greeted } from "./client_greeting.ts";
import { encodeJson } from "./json.ts";
import { MAX_OPEN_BYTES, openFrames } from "./long_open.ts";
import { Outbox } from "./outbox.ts";
import { Feature, type Messages, type OwnFields, type Protocol } from "./protocol.ts";
import { Channel, Stream } from "./stream.ts";
import type { Transport } from "./transport.ts";

/** A stream at the client's end: events come in, requests go out. */
export type ClientStream<M extends Messages> = Stream<M["event"], M["request"]>;

/** How often the server is pinged while streams are open, in milliseconds. */
const TURN_MILLISECONDS = 10_000;

/** Turns without a byte from the server that end the link: a busy guest is slow, a halted one says nothing. */
const SILENT_TURNS = 6;

const empty = new Uint8Array(0);

/** How a link is made. */
export interface ConnectOptions<M extends Messages> {
  readonly hello: OwnFields<M["hello"]>;
  readonly deadlineMilliseconds: number;
  readonly signal?: AbortSignal;
  readonly turnMilliseconds?: number;
  /** Whether the server was made to stand still, and so cannot be blamed for its silence; asked at each silent turn. */
  readonly standsStill?: () => boolean;
}

/** An open link. Disposing closes the transport. */
export class ClientLink<M extends Messages> implements Disposable {
  /** What the server said of itself. */
  readonly ack: M["ack"];
  /** Fulfilled when the link is over: with the error that ended it, or `undefined` after `close()`. */
  readonly closed: Promise<SmolvmError | undefined>;
  readonly #transport: Transport;
  readonly #protocol: Protocol<M>;
  readonly #outbox: Outbox;
  readonly #streams = new Map<number, ClientStream<M>>();
  #lastStream = 0;
  readonly #turnMilliseconds: number;
  readonly #standsStill: () => boolean;
  #watch: number | undefined;
  #silentTurns = 0;
  /** Whether something was sent that must be answered, and nothing was heard since. */
  #asked = false;
  #over = false;
  #resolveClosed: (error: SmolvmError | undefined) => void = () => {};

  private constructor(
    transport: Transport,
    protocol: Protocol<M>,
    greeted: Greeted<M>,
    options: Pick<ConnectOptions<M>, "turnMilliseconds" | "standsStill">,
  ) {
    this.#transport = transport;
    this.#protocol = protocol;
    this.ack = greeted.ack;
    this.#turnMilliseconds = options.turnMilliseconds ?? TURN_MILLISECONDS;
    this.#standsStill = options.standsStill ?? (() => false);
    this.closed = new Promise((resolve) => this.#resolveClosed = resolve);
    this.#outbox = new Outbox(transport, (error) => this.#finish(broken("the VM's link broke", error)));
    void this.#receive(greeted.rest);
  }

  /**
   * Says hello and waits for the server's answer, ignoring every byte before it.
   *
   * @param transport the byte stream to the server
   * @param protocol judges what the server sends
   * @param options `hello` is the protocol's own part of the hello; `deadlineMilliseconds` bounds the wait;
   * `signal` ends it; `turnMilliseconds` is how often the server is asked for a sign of life while streams are
   * open, and six turns without one end the link, but for those in which it `standsStill`
   * @throws {SmolvmError} kind `guest` when no answer comes in time, the byte stream ends, or the server speaks
   * another version (then its `cause` is an {@linkcode OtherVersion}); kind `canceled` when `signal` fires. The
   * transport is closed then.
   */
  static async connect<M extends Messages>(
    transport: Transport,
    protocol: Protocol<M>,
    options: ConnectOptions<M>,
  ): Promise<ClientLink<M>> {
    const deadline = AbortSignal.timeout(options.deadlineMilliseconds);
    const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
    const stop = (): void => transport.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      const greeted = await greet(transport, protocol, options.hello);
      return new ClientLink(transport, protocol, greeted, options);
    } catch (error) {
      transport.close();
      const { server } = protocol;
      if (options.signal?.aborted) {
        throw new SmolvmError("canceled", { action: `reach ${server}`, reason: "interrupted", cause: error });
      }
      if (deadline.aborted) {
        throw broken(`${server} did not answer within ${options.deadlineMilliseconds / 1000} s`, error);
      }
      if (error instanceof SmolvmError) throw error;
      throw broken(`the VM's link ended before ${server} answered`, error);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /**
   * Opens a stream.
   *
   * @throws {SmolvmError} kind `guest` when the link is over; kind `usage` when the request is too long, or more than
   * an older server understands: then nothing is sent
   */
  open(request: M["open"]): ClientStream<M> {
    if (this.#over) throw broken("the VM's link is closed");
    const json = encodeJson(request);
    this.#judgeOpen(json, this.#protocol.needs?.(request) ?? []);
    const stream: ClientStream<M> = new Stream(++this.#lastStream, {
      outbox: this.#outbox,
      incoming: this.#protocol.event,
      sends: [Channel.stdin],
      forget: (id) => void this.#streams.delete(id),
    });
    this.#streams.set(stream.id, stream);
    this.#watchServer();
    for (const frame of openFrames(stream.id, json)) this.#outbox.post(encodeFrame(frame));
    return stream;
  }

  /** Whether the server understands an open. */
  #judgeOpen(json: Uint8Array, needs: readonly string[]): void {
    const { features = [] } = this.ack;
    if (json.length > MAX_OPEN_BYTES) {
      throw unsaid(`its request has ${json.length} bytes, and at most ${MAX_OPEN_BYTES} can be passed`);
    }
    const older = `and smolvm ${this.ack.version.slice(0, 40)}, which runs the VM, cannot take`;
    if (json.length > MAX_PAYLOAD_BYTES && !features.includes(Feature.longOpen)) {
      throw unsaid(`its request has ${json.length} bytes, ${older} more than ${MAX_PAYLOAD_BYTES}`, STOP);
    }
    if (!features.includes(Feature.byteWords) && holdsSurrogate(json)) {
      throw unsaid(`its words are not UTF-8, ${older} such words`, STOP);
    }
    const missing = needs.find((need) => !features.includes(need));
    if (missing !== undefined) throw unsaid(`it needs ${missing}, ${older} that`, STOP);
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
  #watchServer(): void {
    this.#asked = true;
    this.#watch ??= setInterval(() => {
      if (this.#streams.size === 0 && !this.#asked) return this.#unwatch();
      if (this.#standsStill()) this.#silentTurns = 0;
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
        ? `${this.#protocol.server} broke the protocol (${error.message})`
        : "its link broke";
      this.#finish(broken(why, error));
    }
  }

  #accept(frame: Frame): void {
    if (frame.stream === 0) {
      if (frame.type !== FrameType.pong) throw new ProtocolError(`frame of type ${frame.type} on stream 0`);
      // A pong says no more than that the server lives, which every byte from it has said already.
      return;
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
    this.#resolveClosed(error);
  }
}

const STOP = "stop the machine and start it with this smolvm";

function unsaid(reason: string, remedy = "pass it in a file or on stdin"): SmolvmError {
  return new SmolvmError("usage", { action: "run in the VM", reason, remedy });
}

/** JSON has a lone surrogate as an escape; an escaped backslash in front of `ud` is a backslash. */
function holdsSurrogate(json: Uint8Array): boolean {
  return new TextDecoder().decode(json).replaceAll("\\\\", "").includes("\\ud");
}

function broken(reason: string, cause?: unknown): SmolvmError {
  return new SmolvmError("guest", { action: "talk to the VM", reason, cause });
}
