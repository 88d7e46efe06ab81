/**
 * One TCP connection of a guest, as the gateway's end of it: a state machine after RFC 9293 with the checks of RFC
 * 5961, without sockets, timers or a clock of its own. It begins with the guest's SYN; nothing is sent until the host
 * says that its own connection is made. Segments and the host's words come in; what is to be sent is asked for by
 * {@linkcode TcpConnection.transmit}, so that all that came in one turn is answered by one segment. Pure.
 *
 * @module
 */
import { TcpFlag, type TcpSegment } from "../packet/tcp_segment.ts";
import type { ByteQueue } from "./byte_queue.ts";
import { before, plus } from "./sequence.ts";
import { type OutgoingSegment, reset, resetFor, type SegmentSink } from "./outgoing_segment.ts";
import { Silence } from "./silence.ts";
import { TcpReceiver, WINDOW_SCALE } from "./tcp_receiver.ts";
import { FIRST_TIMEOUT, type Piece, TcpSender } from "./tcp_sender.ts";

/**
 * What a peer's SYN without the option means (RFC 9293, section 3.7.1), for the smaller of both families; every host has
 * to take as much (RFC 1122, section 3.3.2). A guest that asks for less gets it all the same: with segments of one byte
 * each byte of a server would cost this process a frame, and one turn 17,000 of them.
 */
const LEAST_MSS = 536;

/** How long a SYN-ACK is sent again, in milliseconds. */
const HANDSHAKE_TIME = 30_000;

/** How long a closed connection answers what is sent again: the link carries nothing for longer. */
const TIME_WAIT = 5_000;

/** Acknowledgments of one turn: three tell a loss. */
const MAX_OWED = 3;

/** How a connection stands. */
export type TcpPhase = "connecting" | "handshake" | "open" | "time-wait" | "closed";

/** What a connection is made with. */
export interface TcpOptions {
  /** Our first sequence number (ISS). */
  readonly iss: number;
  /** Most bytes of a segment, both ways. */
  readonly mss: number;
  readonly now: number;
  /** Where bytes for the host go, and how many may wait there. */
  readonly incoming: ByteQueue;
  readonly incomingLimit: () => number;
  /** Where bytes for the guest come from. */
  readonly outgoing: ByteQueue;
}

/** The connection. */
export class TcpConnection {
  readonly sender: TcpSender;
  readonly receiver: TcpReceiver;
  readonly #irs: number;
  readonly #iss: number;
  readonly #mss: number;
  readonly #scaled: boolean;
  readonly #peerScale: number;
  readonly #silence: Silence;
  #phase: TcpPhase = "connecting";
  #end: string | undefined;
  #owed = 0;
  #synAckDue = false;
  #synAckTimeout = FIRST_TIMEOUT;
  #handshakeBegan = 0;
  #deadline = Infinity;
  #keepAliveDue = false;
  /** The host has accepted, and the guest has been sent something, or will be. */
  #greeted = false;
  /** The guest ended first, so that it is the guest who has to wait for strays. */
  #guestFirst = false;
  #stray: OutgoingSegment | undefined;
  #resetDue = false;
  #resetWhenDrained: string | undefined;

  constructor(syn: TcpSegment, { iss, mss, now, incoming, incomingLimit, outgoing }: TcpOptions) {
    this.#irs = syn.sequence;
    this.#iss = iss;
    this.#mss = mss;
    this.#scaled = syn.windowScale !== undefined;
    this.#peerScale = syn.windowScale ?? 0;
    const next = plus(syn.sequence, 1);
    this.sender = new TcpSender(outgoing, {
      mss: Math.min(mss, Math.max(syn.mss ?? 0, LEAST_MSS)),
      first: plus(iss, 1),
      peer: syn.sequence,
    });
    this.receiver = new TcpReceiver(incoming, { next, scaled: this.#scaled, limit: incomingLimit });
    this.#silence = new Silence(now);
  }

  get phase(): TcpPhase {
    return this.#phase;
  }

  /** How it ended, in one clause; `undefined` as long as it has not. */
  get end(): string | undefined {
    return this.#end;
  }

  /** When {@linkcode expire} has to be called, in milliseconds. */
  get deadline(): number {
    if (this.#phase === "open") return Math.min(this.sender.deadline, this.#silence.deadline(this.#half));
    return this.#deadline;
  }

  /** The host's connection is made. */
  accept(now: number): void {
    if (this.#phase !== "connecting") return;
    this.#phase = "handshake";
    this.#greeted = true;
    this.#synAckDue = true;
    this.#handshakeBegan = now;
    this.#deadline = now + this.#synAckTimeout;
  }

  /** Ends it at once: the guest gets a reset. @param end how it ended, in one clause */
  abort(end: string): void {
    if (this.#phase === "closed") return;
    this.#resetDue = this.#phase !== "time-wait";
    this.#close(end);
  }

  /** Ends it without a word to the guest. */
  forget(end: string): void {
    this.#close(end);
  }

  /** Ends it by a reset as soon as the guest has been sent what waits for it. */
  abortWhenDrained(end: string): void {
    this.#resetWhenDrained = end;
  }

  /**
   * Takes a segment of the guest.
   *
   * @param bytes where it stands
   * @returns `replaced` where it is a SYN that begins another connection in place of this one, which is closed then
   */
  segment(bytes: Uint8Array, segment: TcpSegment, now: number): "replaced" | undefined {
    this.#silence.heard(now);
    if (this.#phase === "closed") return;
    if (this.#phase === "connecting") return this.#early(segment);
    if (this.#phase === "time-wait") return this.#late(segment, now);
    const { flags, sequence } = segment;
    if (this.#phase === "handshake" && (flags & TcpFlag.syn) !== 0 && sequence === this.#irs) {
      this.#synAckDue = true;
      return;
    }
    if (!this.receiver.acceptable(segment)) {
      if ((flags & TcpFlag.rst) === 0) this.#owe();
      return;
    }
    if ((flags & TcpFlag.rst) !== 0) {
      // RFC 5961, section 3.2: a reset that is not exactly in its place is asked for again.
      if (sequence === this.receiver.next) this.#close("reset by the guest");
      else this.#owe();
      return;
    }
    // RFC 5961, section 4.2.
    if ((flags & TcpFlag.syn) !== 0) {
      this.#owe();
      return;
    }
    if ((flags & TcpFlag.ack) === 0 || !this.#acknowledged(segment, now)) return;
    this.#receive(bytes, segment);
    this.#settle(now);
  }

  /** The deadline has passed. */
  expire(now: number): void {
    if (this.#phase === "time-wait") return this.#close("closed");
    if (this.#phase === "handshake") return this.#handshakeExpired(now);
    if (this.#phase !== "open") return;
    if (now >= this.sender.deadline) this.sender.expire(now);
    if (this.sender.silent(now)) return this.abort("the guest does not answer");
    const verdict = this.#silence.expire(now, this.#half);
    if (verdict === "over") this.abort("timed out");
    if (verdict === "probe") this.#keepAliveDue = true;
  }

  /**
   * Sends what there is to send.
   *
   * @returns `false` where the sink had no room for all: to be called again
   */
  transmit(sink: SegmentSink, now: number): boolean {
    if (this.#resetDue) return this.#sendReset(sink);
    if (this.#stray && !sink.send(this.#stray)) return false;
    this.#stray = undefined;
    if (this.#synAckDue) {
      const options = { mss: this.#mss, windowScale: this.#scaled ? WINDOW_SCALE : undefined };
      if (!this.#send(sink, TcpFlag.syn | TcpFlag.ack, { sequence: this.#iss, options })) return false;
      this.#synAckDue = false;
    }
    if (this.#phase === "open") {
      if (!this.sender.transmit((piece) => this.#sendPiece(sink, piece), now)) return false;
      if (this.receiver.updateDue) this.#owed = Math.max(1, this.#owed);
      if (this.#keepAliveDue) {
        if (!this.#send(sink, TcpFlag.ack, { sequence: plus(this.sender.unacknowledged, -1) })) return false;
        this.#keepAliveDue = false;
      }
      if (this.#resetWhenDrained !== undefined && this.sender.drained) {
        this.abort(this.#resetWhenDrained);
        return this.#sendReset(sink);
      }
    }
    for (; this.#owed > 0; this.#owed--) {
      if (!this.#send(sink, TcpFlag.ack, { sequence: this.sender.next })) return false;
    }
    return true;
  }

  /** Before the host's connection is made. */
  #early({ flags, sequence }: TcpSegment): "replaced" | undefined {
    if ((flags & TcpFlag.rst) !== 0) {
      if (sequence === this.receiver.next) this.#close("reset by the guest");
      return;
    }
    // The same SYN once more says nothing new; another one comes of a guest that has given this one up.
    if ((flags & TcpFlag.syn) === 0 || sequence === this.#irs) return;
    this.#close("given up by the guest");
    return "replaced";
  }

  /** After both ends. RFC 9293, section 3.6.1: a SYN beyond the old connection begins a new one. */
  #late(segment: TcpSegment, now: number): "replaced" | undefined {
    const { flags, sequence } = segment;
    if ((flags & TcpFlag.rst) !== 0) {
      if (sequence === this.receiver.next) this.#close("closed");
    } else if ((flags & TcpFlag.syn) !== 0 && before(this.receiver.next, plus(sequence, 1))) {
      this.#close("closed");
      return "replaced";
    } else if (sequence !== this.receiver.next || segment.dataEnd > segment.dataAt) {
      this.#owe();
      this.#deadline = now + TIME_WAIT;
    }
  }

  /** @returns whether the segment's data may be looked at */
  #acknowledged(segment: TcpSegment, now: number): boolean {
    const { acknowledgment, sequence } = segment;
    const window = segment.window * 2 ** this.#peerScale;
    if (this.#phase === "handshake") {
      // An old segment of another connection; this one may still be made.
      if (acknowledgment !== plus(this.#iss, 1)) this.#stray = resetFor(segment);
      if (this.#stray) return false;
      this.#phase = "open";
      this.#synAckDue = false;
    }
    const bare = segment.dataAt === segment.dataEnd && (segment.flags & TcpFlag.fin) === 0;
    const known = this.sender.acknowledge(acknowledgment, now, bare && !this.sender.windowDiffers(window));
    if (known === "future" || known === "ancient") {
      // RFC 5961, section 5.2.
      this.#owe();
      return false;
    }
    if (known === "new") this.#silence.moved(now);
    this.sender.setWindow(window, sequence, acknowledgment);
    return true;
  }

  #receive(bytes: Uint8Array, segment: TcpSegment): void {
    const open = !this.receiver.ended;
    const received = this.receiver.take(bytes, segment);
    if (open && this.receiver.ended) this.#guestFirst = !this.sender.finSent;
    if (received === "early" || received === "again") this.#owe();
    // One acknowledgment for all that came in this turn.
    if (received === "taken") this.#owed = Math.max(1, this.#owed);
    if (received === "taken") this.#silence.moved();
    // A keep-alive, or a probe of one byte, has a number that was acknowledged already, and is not acceptable;
    // "no memory" is not answered, so that the guest sends again.
  }

  /** Whether both directions are over. */
  #settle(now: number): void {
    if (!this.sender.finished || !this.receiver.ended) return;
    if (this.#guestFirst) return this.#close("closed");
    this.#phase = "time-wait";
    this.#end = "closed";
    this.#deadline = now + TIME_WAIT;
  }

  #handshakeExpired(now: number): void {
    if (now - this.#handshakeBegan > HANDSHAKE_TIME) return this.abort("the guest does not answer");
    this.#synAckTimeout = Math.min(2 * this.#synAckTimeout, 5_000);
    this.#deadline = now + this.#synAckTimeout;
    this.#synAckDue = true;
  }

  /** Whether one direction is over. */
  get #half(): boolean {
    return this.sender.finished || this.receiver.ended;
  }

  #owe(): void {
    this.#owed = Math.min(MAX_OWED, this.#owed + 1);
  }

  #close(end: string): void {
    this.#end ??= end;
    this.#phase = "closed";
    this.#deadline = Infinity;
  }

  #sendPiece(sink: SegmentSink, { sequence, offset, length, fin, last }: Piece): boolean {
    const flags = TcpFlag.ack | (fin ? TcpFlag.fin : 0) | (last && length > 0 ? TcpFlag.psh : 0);
    if (!this.#send(sink, flags, { sequence, data: { queue: this.sender.queue, offset, length } })) {
      return false;
    }
    // It says what an acknowledgment alone would.
    this.#owed = Math.max(0, this.#owed - 1);
    return true;
  }

  #send(
    sink: SegmentSink,
    flags: number,
    rest: Pick<OutgoingSegment, "sequence" | "options" | "data">,
  ): boolean {
    const unscaled = (flags & TcpFlag.syn) !== 0;
    const window = this.receiver.advertise(unscaled);
    return sink.send({ ...rest, flags, acknowledgment: this.receiver.next, window });
  }

  #sendReset(sink: SegmentSink): boolean {
    // Nothing was sent before the SYN-ACK: the reset then refuses the SYN.
    const sent = sink.send(reset(this.#greeted ? this.sender.sent : 0, this.receiver.next));
    if (sent) this.#resetDue = false;
    return sent;
  }
}
