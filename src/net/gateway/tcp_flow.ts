/**
 * One TCP flow: the guest's end, which is a state machine, joined to a connection that the host has made. Between them
 * stand two queues, and where the verdict wants it the judge of the guest's first bytes.
 *
 * @module
 */
import { DialFailure, type DialFailureKind, type HostStream } from "../host/host_stream.ts";
import { type GuestSide, TcpBridge } from "../host/tcp_bridge.ts";
import type { Allowed, Denied, FlowTarget } from "../model/gateway_parts.ts";
import type { Envelope } from "../packet/envelope.ts";
import { putU16 } from "../packet/bytes.ts";
import { putTcp, SYN_OPTION_BYTES, TCP_BYTES, type TcpSegment } from "../packet/tcp_segment.ts";
import { ByteQueue } from "../tcp/byte_queue.ts";
import type { OutgoingSegment, SegmentSink } from "../tcp/outgoing_segment.ts";
import { TcpConnection } from "../tcp/tcp_connection.ts";
import { FirstBytes } from "./first_bytes.ts";
import { FlowAccount } from "./flow_account.ts";
import type { Keyed } from "./flow_table.ts";
import { CONNECT_WITHIN, waitingLimit } from "./limits.ts";
import { refusal } from "./refusal.ts";
import { type IcmpError, sendError, type Station } from "./station.ts";

/** How long a flow that is over may need to hand its last bytes to the server, or its refusal to the guest. */
const LAST_WORDS = 60_000;

/** How a flow ends whose connection could not be made. */
const ends: Readonly<Record<DialFailureKind, string>> = {
  refused: "connection refused",
  network: "network unreachable",
  host: "host unreachable",
  prohibited: "prohibited by the host's system",
  "timed out": "timed out",
  failed: "could not connect",
};

/** What a flow is made of. */
export interface TcpFlowParts {
  readonly key: Uint8Array;
  readonly syn: TcpSegment;
  /** Headers of what goes to the guest, and an ICMP error about its SYN. */
  readonly envelope: Envelope;
  readonly unreachable: Omit<IcmpError, "why">;
  readonly target: FlowTarget;
  readonly verdict: Allowed;
  readonly iss: number;
  readonly mss: number;
}

/** What a flow asks of its owner. */
export interface TcpFlowOwner {
  /** How many flows there are. */
  readonly flows: number;
  /** There is something to send, or it may be over. */
  changed(flow: TcpFlow): void;
}

/** The flow. */
export class TcpFlow implements Keyed, GuestSide, SegmentSink {
  readonly key: Uint8Array;
  readonly target: FlowTarget;
  readonly connection: TcpConnection;
  readonly #station: Station;
  readonly #owner: TcpFlowOwner;
  readonly #parts: TcpFlowParts;
  readonly #incoming: ByteQueue;
  readonly #outgoing: ByteQueue;
  /** Gives up what is under way to the server. An abort takes 30 us, so none is made of what is over. */
  #dialing: AbortController | undefined = new AbortController();
  readonly #beganAt: number;
  readonly #account: FlowAccount;
  #bridge: TcpBridge | undefined;
  #first: FirstBytes | undefined;
  /** What the guest says goes nowhere: it was refused. */
  #refused = false;
  #end: string | undefined;
  #deadline: number;
  readonly #wake = () => this.#bridge?.wake();

  constructor(station: Station, owner: TcpFlowOwner, parts: TcpFlowParts) {
    this.#station = station;
    this.#owner = owner;
    this.#parts = parts;
    this.key = parts.key;
    this.target = parts.target;
    this.#account = new FlowAccount(station, parts.target, parts.verdict);
    this.#incoming = new ByteQueue(station.pool);
    this.#outgoing = new ByteQueue(station.pool);
    this.#beganAt = station.now();
    this.#deadline = this.#beganAt + CONNECT_WITHIN;
    this.connection = new TcpConnection(parts.syn, {
      ...parts,
      now: this.#beganAt,
      incoming: this.#incoming,
      outgoing: this.#outgoing,
      incomingLimit: () => waitingLimit(owner.flows),
    });
    if (parts.verdict.inspect) this.#first = new FirstBytes(station.judge, parts.target, parts.verdict);
    void this.#dial(parts.verdict);
  }

  /** When it began, in the time of the station. */
  get beganAt(): number {
    return this.#beganAt;
  }

  /** Whether the host has not connected yet, or the guest has not answered that it has. */
  get halfOpen(): boolean {
    return this.connection.phase === "connecting" || this.connection.phase === "handshake";
  }

  /** Whether the guest's end is over, and the host's too. */
  get over(): boolean {
    return this.connection.phase === "closed" && !this.bridged;
  }

  /** Whether there is a connection to the server. */
  get bridged(): boolean {
    return this.#bridge?.open ?? false;
  }

  /** When {@linkcode expire} has to be called, in the time of the station. */
  get deadline(): number {
    return Math.min(this.connection.deadline, this.#deadline, this.#first?.deadline ?? Infinity);
  }

  /** Takes a segment. @returns `replaced` where it begins another flow, which this one makes room for */
  segment(bytes: Uint8Array, segment: TcpSegment): "replaced" | undefined {
    const before = this.#incoming.length;
    const result = this.connection.segment(bytes, segment, this.#station.now());
    this.#account.fromGuest(this.#incoming.length - before);
    if (this.#refused) this.#incoming.clear();
    else this.#judge();
    this.#bridge?.wake();
    this.#settle();
    this.#owner.changed(this);
    return result;
  }

  /** Sends what there is to send. @returns `false` where the outbox was full */
  transmit(): boolean {
    const all = this.connection.transmit(this, this.#station.now());
    this.#settle();
    return all;
  }

  /** The deadline has passed. */
  expire(now: number): void {
    this.connection.expire(now);
    if (this.#first && now >= this.#first.deadline) this.#judge();
    if (now >= this.#deadline) {
      if (this.connection.phase === "connecting") {
        this.#connectFailed(new DialFailure("timed out", undefined));
      } else {
        this.#end ??= "timed out";
        this.abort(this.#end);
      }
    }
    this.#settle();
    this.#owner.changed(this);
  }

  /** Ends it now: the guest gets a reset, the server too. */
  abort(end: string): void {
    this.#end ??= end;
    this.connection.abort(end);
    this.#bridge?.reset();
    this.#settle();
    this.#owner.changed(this);
  }

  /** Ends it because what allowed it does so no more. */
  deny(verdict: Denied): void {
    this.#account.judged(verdict);
    this.abort("denied: the policy was changed");
  }

  // What the connection sends.

  send({ flags, sequence, acknowledgment, window, options, data }: OutgoingSegment): boolean {
    const { outbox } = this.#station;
    const { envelope, syn } = this.#parts;
    const length = TCP_BYTES + (options ? SYN_OPTION_BYTES : 0) + (data?.length ?? 0);
    const frame = outbox.begin(envelope.bytes + length);
    if (frame < 0) return false;
    const { bytes } = outbox.memory;
    const at = envelope.put(bytes, frame, length);
    const numbers = {
      sourcePort: syn.destinationPort,
      destinationPort: syn.sourcePort,
      sequence,
      acknowledgment,
    };
    const dataAt = putTcp(bytes, at, { ...numbers, flags, window }, options);
    data?.queue.copy(data.offset, data.length, bytes, dataAt);
    putU16(bytes, at + 16, envelope.checksum(outbox.memory, at, length));
    return true;
  }

  // What the bridge asks.

  space(): Uint8Array | undefined {
    if (this.#outgoing.length >= waitingLimit(this.#owner.flows)) return undefined;
    const space = this.#outgoing.space();
    // Where nothing of it is on its way to the guest, no segment will come that says to try again.
    if (!space) this.#station.pool.wait(this.#wake);
    return space;
  }

  fromServer(count: number): void {
    this.#account.toGuest(count);
    this.#outgoing.filled(count);
    if (count > 0) this.#owner.changed(this);
  }

  serverEnded(): void {
    this.connection.sender.end();
    this.#owner.changed(this);
  }

  serverFailed(): void {
    this.#end ??= "reset by the server";
    this.connection.abortWhenDrained(this.#end);
    this.#deadline = this.#station.now() + LAST_WORDS;
    this.#bridge?.reset();
    this.#owner.changed(this);
  }

  waiting(): Uint8Array | undefined {
    return this.#first || this.#refused ? undefined : this.#incoming.first();
  }

  toServer(count: number): void {
    this.#incoming.shift(count);
    // A window that was shut may open.
    this.#owner.changed(this);
  }

  get guestEnded(): boolean {
    return this.connection.receiver.ended && !this.#first && !this.#refused;
  }

  bridgeOver(): void {
    this.#settle();
    this.#owner.changed(this);
  }

  async #dial({ dial, name }: Allowed): Promise<void> {
    const refused = (verdict: Denied) => this.#account.refused(verdict);
    const target = { addresses: dial, port: this.target.port, flow: { name, refused } };
    const { signal } = this.#dialing ?? new AbortController();
    try {
      const stream = await this.#station.dial(target, signal);
      this.#dialing = undefined;
      this.#connected(stream);
    } catch (error) {
      this.#dialing = undefined;
      if (this.connection.phase === "connecting") this.#connectFailed(error);
    }
  }

  #connected(stream: HostStream): void {
    if (this.connection.phase !== "connecting") return stream.reset();
    this.#deadline = Infinity;
    this.connection.accept(this.#station.now());
    this.#bridge = new TcpBridge(stream, this);
    this.#owner.changed(this);
  }

  /** What the host's system said is said to the guest. */
  #connectFailed(error: unknown): void {
    const kind = error instanceof DialFailure ? error.kind : "failed";
    this.#end = ends[kind];
    if (kind === "network" || kind === "host" || kind === "prohibited") {
      this.connection.forget(this.#end);
      sendError(this.#station, { ...this.#parts.unreachable, why: kind });
    } else this.connection.abort(this.#end);
    this.#settle();
    this.#owner.changed(this);
  }

  #judge(): void {
    const found = this.#first?.judge(this.#incoming, this.#station.now(), this.connection.receiver.ended);
    if (!found) return;
    this.#first = undefined;
    this.#account.judged(found.verdict);
    if (found.verdict.allowed) this.#bridge?.wake();
    else this.#refuse(found.bytes, found.verdict);
  }

  /** Tells the client in its own words where there are any, and ends. */
  #refuse(first: Uint8Array, verdict: Denied): void {
    this.#end = "denied";
    this.#station.totals.denied++;
    this.#refused = true;
    this.#bridge?.reset();
    this.#incoming.clear();
    const words = refusal(first, verdict);
    // A server that spoke first is in the middle of something else.
    if (!words || this.#outgoing.length > 0) return this.abort(this.#end);
    this.#outgoing.clear();
    this.#outgoing.push(words, 0, words.length);
    this.connection.sender.end();
    this.#deadline = this.#station.now() + LAST_WORDS;
  }

  /** Lets go of what is over. */
  #settle(): void {
    const { phase, end } = this.connection;
    if (phase !== "closed" && phase !== "time-wait") return;
    this.#dialing?.abort();
    this.#dialing = undefined;
    const inOrder = end === "closed" && this.#bridge?.open && !this.#refused;
    // Bytes of the guest may still be on their way to the server.
    if (inOrder && this.#deadline === Infinity) this.#deadline = this.#station.now() + LAST_WORDS;
    if (inOrder) return;
    this.#bridge?.reset();
    this.#incoming.clear();
    this.#outgoing.clear();
    this.#station.pool.leave(this.#wake);
    this.#deadline = Infinity;
    this.#account.over(this.#end ?? end ?? "closed");
  }
}
