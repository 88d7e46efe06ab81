/**
 * One stream of a link: a session's messages and its byte channels, each with credit of its own. The same
 * class serves both ends; client_link.ts and server_link.ts give it its direction.
 *
 * @module
 */
import { INITIAL_CREDIT, SendCredit } from "./credit.ts";
import { encodeFrame, FrameType, MAX_PAYLOAD_BYTES, ProtocolError } from "./frames.ts";
import { Inbox } from "./inbox.ts";
import type { GenericSchema } from "valibot";
import { decodeJson, encodeJson } from "./json.ts";
import { plainLine } from "../text/plain_text.ts";
import type { Outbox } from "./outbox.ts";

/** Byte channels of a stream. */
export const Channel = { stdin: 0, stdout: 1, stderr: 2 } as const;
export type Channel = typeof Channel[keyof typeof Channel];

/** Messages that may wait unread; a peer that sends more is not one of ours. */
const MESSAGE_LIMIT = 64;

/** Most bytes of a reset's reason. */
const REASON_BYTES = 1024;

/** How a stream ended: by its own end, or by a reset with a reason. */
export interface StreamEnd {
  /** Why it was cut off; `undefined` when it ended well. */
  readonly reason: string | undefined;
}

/** What a stream needs to know of its link. */
export interface StreamLink<In> {
  readonly outbox: Outbox;
  readonly incoming: GenericSchema<unknown, In>;
  /** Channels this side may send on; the peer sends on the others. */
  readonly sends: readonly Channel[];
  /** The stream is over on this side; the link forgets it. */
  forget(id: number): void;
}

/** A stream. `In` is what the peer's messages are, `Out` what ours are. */
export class Stream<In, Out> {
  readonly id: number;
  /** Fulfilled when the stream is over; never rejects. */
  readonly ended: Promise<StreamEnd>;
  readonly #link: StreamLink<In>;
  readonly #credit: Map<number, SendCredit>;
  readonly #inboxes: Map<number, Inbox>;
  #messages: In[] = [];
  #messageWaiters: (() => void)[] = [];
  #end: StreamEnd | undefined;
  #resolveEnd: (end: StreamEnd) => void = () => {};

  constructor(id: number, link: StreamLink<In>) {
    this.id = id;
    this.#link = link;
    this.#credit = new Map(link.sends.map((channel) => [channel, new SendCredit()]));
    const receives = Object.values(Channel).filter((channel) => !link.sends.includes(channel));
    this.#inboxes = new Map(receives.map((channel) => [channel, new Inbox()]));
    this.ended = new Promise((resolve) => this.#resolveEnd = resolve);
  }

  /** Sends a message at once. Nothing is sent on a stream that is over. */
  send(message: Out): void {
    this.#post(FrameType.message, encodeJson(message));
  }

  /** The next message of the peer; `undefined` once the stream is over and all were taken. */
  async nextMessage(): Promise<In | undefined> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#end) return undefined;
      await new Promise<void>((resolve) => this.#messageWaiters.push(resolve));
    }
  }

  /**
   * Sends bytes, waiting for credit and for room on the link.
   *
   * @returns false when the stream ended before all were sent
   */
  async write(channel: Channel, bytes: Uint8Array): Promise<boolean> {
    const credit = this.#credit.get(channel);
    if (!credit) throw new RangeError(`Cannot write to channel ${channel}: the peer sends there`);
    for (let at = 0; at < bytes.length;) {
      if (this.#end) return false;
      // Nothing is waited for while there is room: one turn fills as many frames as it can.
      if (!this.#link.outbox.hasRoom) {
        await this.#link.outbox.room();
        continue;
      }
      const length = credit.take(Math.min(bytes.length - at, MAX_PAYLOAD_BYTES - 1));
      if (length === 0) {
        await credit.wait();
        continue;
      }
      this.#link.outbox.postData(this.id, channel, bytes.subarray(at, at + length));
      at += length;
    }
    return this.#end === undefined;
  }

  /** How many bytes, of one frame at most, {@linkcode Stream.write} would send without waiting. */
  room(channel: Channel): number {
    if (this.#end || !this.#link.outbox.hasRoom) return 0;
    return Math.min(this.#credit.get(channel)?.available ?? 0, MAX_PAYLOAD_BYTES - 1);
  }

  /**
   * Waits until there may be {@linkcode Stream.room}: for senders who take memory for bytes only then.
   *
   * @returns false when the stream is over
   */
  async roomy(channel: Channel): Promise<boolean> {
    if (!this.#end) {
      await (this.#link.outbox.hasRoom ? this.#credit.get(channel)?.wait() : this.#link.outbox.room());
    }
    return this.#end === undefined;
  }

  /** Sends no more on a channel than so many bytes beyond what the peer has given back. @param bytes 1 to 262,144 */
  limit(channel: Channel, bytes: number): void {
    this.#credit.get(channel)?.holdBack(INITIAL_CREDIT - bytes);
  }

  /** Gives credit back in steps of at least so many bytes: small ones for a peer that limits itself. */
  stepsOf(channel: Channel, bytes: number): void {
    this.#inboxes.get(channel)?.stepsOf(bytes);
  }

  /** Whether the stream is over, in whatever way. */
  get over(): boolean {
    return this.#end !== undefined;
  }

  /** Whether the stream was cut off: the peer, or what carried the stream, is gone. */
  get cutOff(): boolean {
    return this.#end?.reason !== undefined;
  }

  /** Ends one channel: the peer reads `null` behind the bytes. */
  end(channel: Channel): void {
    this.#post(FrameType.end, Uint8Array.of(channel));
  }

  /**
   * The next bytes of a channel, `null` at its end. They are a view, valid until the next read of the channel,
   * which gives the peer credit for them.
   */
  async read(channel: Channel): Promise<Uint8Array | null> {
    const inbox = this.#inboxes.get(channel);
    if (!inbox) throw new RangeError(`Cannot read channel ${channel}: this side sends there`);
    const credit = inbox.release();
    if (credit > 0) this.#post(FrameType.window, encodeWindow(channel, credit));
    return await inbox.read();
  }

  /** Ends the stream well; what was sent before still arrives. The server's end does this. */
  close(): void {
    this.#post(FrameType.close, new Uint8Array(0));
    this.#finish({ reason: undefined }, false);
  }

  /** Cuts the stream off on both sides. */
  reset(reason: string): void {
    this.#post(FrameType.reset, new TextEncoder().encode(reason.slice(0, REASON_BYTES / 4)));
    this.#finish({ reason }, true);
  }

  /**
   * Takes a frame of the peer.
   *
   * @throws {ProtocolError} when the frame breaks the rules of a stream
   */
  accept(type: FrameType, payload: Uint8Array): void {
    switch (type) {
      case FrameType.message:
        return this.#acceptMessage(decodeJson(payload, this.#link.incoming));
      case FrameType.data:
        return this.#inbox(payload).push(payload.subarray(1));
      case FrameType.end:
        return this.#inbox(payload).end();
      case FrameType.window:
        return this.#acceptWindow(payload);
      case FrameType.close:
        return this.#finish({ reason: undefined }, false);
      case FrameType.reset:
        return this.#finish({
          reason: plainLine(new TextDecoder().decode(payload.subarray(0, REASON_BYTES))),
        }, true);
      default:
        throw new ProtocolError(`frame of type ${type} on stream ${this.id}`);
    }
  }

  /** The link is gone: everything that waits is let go. */
  abandon(reason: string): void {
    this.#finish({ reason }, true);
  }

  #acceptMessage(message: In): void {
    if (this.#messages.length >= MESSAGE_LIMIT) {
      throw new ProtocolError(`more than ${MESSAGE_LIMIT} messages unread`);
    }
    this.#messages.push(message);
    this.#wakeMessages();
  }

  #acceptWindow(payload: Uint8Array): void {
    if (payload.length !== 5) throw new ProtocolError(`window update of ${payload.length} bytes`);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const credit = this.#credit.get(view.getUint8(0));
    if (!credit) throw new ProtocolError(`window update for channel ${view.getUint8(0)}`);
    credit.add(view.getUint32(1));
  }

  #inbox(payload: Uint8Array): Inbox {
    const inbox = this.#inboxes.get(payload[0] ?? -1);
    if (inbox) return inbox;
    throw new ProtocolError(`bytes for channel ${payload[0] ?? "none"} on stream ${this.id}`);
  }

  #post(type: FrameType, payload: Uint8Array): void {
    if (!this.#end) this.#link.outbox.post(encodeFrame({ stream: this.id, type, payload }));
  }

  #finish(end: StreamEnd, drop: boolean): void {
    if (this.#end) return;
    this.#end = end;
    for (const inbox of this.#inboxes.values()) drop ? inbox.abort() : inbox.end();
    for (const credit of this.#credit.values()) credit.wake();
    this.#wakeMessages();
    this.#link.forget(this.id);
    this.#resolveEnd(end);
  }

  #wakeMessages(): void {
    for (const resolve of this.#messageWaiters.splice(0)) resolve();
  }
}

function encodeWindow(channel: Channel, credit: number): Uint8Array {
  const payload = new Uint8Array(5);
  const view = new DataView(payload.buffer);
  view.setUint8(0, channel);
  view.setUint32(1, credit);
  return payload;
}
