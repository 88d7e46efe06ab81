/**
 * A small TCP client for tests, written apart from the product's: it sends one segment at a time and waits for its
 * acknowledgment, takes what comes in order, and knows no more of RFC 9293 than that. Beside it the link: segments are
 * lost, doubled and delayed as chance will have it, on a clock that the test moves.
 *
 * @module
 */
import { TcpFlag, type TcpSegment } from "../../src/net/packet/tcp_segment.ts";

/** A segment with its bytes. */
export interface Carried {
  readonly segment: Omit<TcpSegment, "dataAt" | "dataEnd">;
  readonly data: Uint8Array;
}

const RETRY = 300;
const SEGMENT = 700;

/** The client. */
export class TcpModel {
  /** What came, in order. */
  readonly received: number[] = [];
  state: "syn" | "open" = "syn";
  /** The peer's end has come. */
  peerEnded = false;
  /** Our end is acknowledged. */
  done = false;
  wasReset = false;
  readonly #data: Uint8Array;
  readonly #window: number;
  readonly #isn: number;
  #acknowledged = 0;
  #peerNext = 0;
  #peerWindow = 0;
  #sentAt = -Infinity;

  /** @param data what it sends, before its end */
  constructor(data: Uint8Array, options: { isn: number; window: number }) {
    this.#data = data;
    this.#isn = options.isn;
    this.#window = options.window;
  }

  /** What it sends now: again every 300 ms, or at once when the last was acknowledged. */
  *poll(now: number): Generator<Carried> {
    if (this.wasReset || now - this.#sentAt < RETRY) return;
    if (this.state === "syn") yield this.#make(TcpFlag.syn, 0, new Uint8Array(0));
    else if (!this.done) {
      const left = this.#data.subarray(this.#acknowledged);
      const data = left.subarray(0, Math.max(1, Math.min(SEGMENT, this.#peerWindow)));
      const fin = data.length === left.length ? TcpFlag.fin : 0;
      yield this.#make(TcpFlag.ack | fin, 1 + this.#acknowledged, data);
    } else return;
    this.#sentAt = now;
  }

  /** Takes a segment. */
  *take({ segment, data }: Carried, now: number): Generator<Carried> {
    if (this.wasReset) return;
    if ((segment.flags & TcpFlag.rst) !== 0) {
      this.wasReset = true;
      return;
    }
    if ((segment.flags & TcpFlag.syn) !== 0) {
      if (this.state === "syn") this.#peerNext = (segment.sequence + 1) >>> 0;
      this.state = "open";
      this.#peerWindow = segment.window;
      yield this.#make(TcpFlag.ack, 1 + this.#acknowledged, new Uint8Array(0));
      this.#sentAt = -Infinity;
      return;
    }
    if (this.state === "syn") return;
    const sent = (segment.acknowledgment - this.#isn - 1) | 0;
    if (sent > this.#data.length) this.done = true;
    const fresh = Math.min(sent, this.#data.length);
    if (fresh >= this.#acknowledged) this.#peerWindow = segment.window << 7;
    if (fresh > this.#acknowledged) {
      this.#acknowledged = fresh;
      this.#sentAt = -Infinity;
    }
    const fin = (segment.flags & TcpFlag.fin) !== 0;
    if (data.length === 0 && !fin) return;
    const known = (this.#peerNext - segment.sequence) | 0;
    if (known >= 0 && known <= data.length && !this.peerEnded) {
      this.received.push(...data.subarray(known));
      this.#peerNext = (segment.sequence + data.length) >>> 0;
      if (fin) {
        this.peerEnded = true;
        this.#peerNext = (this.#peerNext + 1) >>> 0;
      }
    }
    yield this.#make(TcpFlag.ack, 1 + this.#acknowledged + (this.done ? 1 : 0), new Uint8Array(0));
    void now;
  }

  #make(flags: number, offset: number, data: Uint8Array): Carried {
    const syn = (flags & TcpFlag.syn) !== 0;
    return {
      segment: {
        sourcePort: 1,
        destinationPort: 2,
        sequence: (this.#isn + offset) >>> 0,
        acknowledgment: syn ? 0 : this.#peerNext,
        flags,
        window: this.#window,
        ...(syn ? { mss: SEGMENT, windowScale: 0 } : {}),
      },
      data,
    };
  }
}

/** How bad a link is: chances between 0 and 1, and milliseconds. */
export interface LinkFaults {
  readonly loss: number;
  readonly doubling: number;
  readonly delay: number;
}

/** Things that happen later, on a clock of their own. */
export class FaultyLink {
  now = 0;
  readonly #faults: LinkFaults;
  readonly #chance: () => number;
  #events: { at: number; order: number; act: () => void }[] = [];
  #order = 0;

  /** @param chance at least 0, less than 1 */
  constructor(faults: LinkFaults, chance: () => number) {
    this.#faults = faults;
    this.#chance = chance;
  }

  /** Brings something to the other side, or not, or twice. */
  carry(arrive: () => void): void {
    const { loss, doubling, delay } = this.#faults;
    for (let copies = this.#chance() < doubling ? 2 : 1; copies > 0; copies--) {
      if (this.#chance() < loss) continue;
      this.at(this.now + 0.1 + this.#chance() * delay, arrive);
    }
  }

  /** Does something later. */
  at(time: number, act: () => void): void {
    this.#events.push({ at: time, order: this.#order++, act });
  }

  /** Moves to the next event. @returns whether there was one before that time */
  step(until: number): boolean {
    let next = this.#events[0];
    for (const event of this.#events) {
      if (next && (event.at < next.at || (event.at === next.at && event.order < next.order))) next = event;
    }
    if (!next || next.at > until) return false;
    this.#events = this.#events.filter((event) => event !== next);
    this.now = Math.max(this.now, next.at);
    next.act();
    return true;
  }
}
