/**
 * The gateway of one VM: ends the guest's network in this process. Frames come and go on one connection to the VMM;
 * what the guest wants to reach is judged, and reached by sockets of this host.
 *
 * @module
 */
import { type Clock, systemClock } from "../../async/clock.ts";
import { debug } from "../../log.ts";
import { socketLimit } from "../host/descriptor_limit.ts";
import { dialTcp } from "../host/dial.ts";
import { type OpenEcho, openEcho } from "../host/echo_socket.ts";
import type { Dial } from "../host/host_stream.ts";
import { type OpenUdp, openUdp } from "../host/udp_socket.ts";
import type { FlowLog, Judge, NameServer } from "../model/gateway_parts.ts";
import { ChunkPool } from "../tcp/chunk_pool.ts";
import { Arrivals } from "./arrivals.ts";
import { EchoGate } from "./echo_gate.ts";
import { FlowTimer } from "./flow_timer.ts";
import { FrameOutbox } from "./frame_outbox.ts";
import { FrameReader } from "./frame_reader.ts";
import { MAX_BUFFERED, MAX_FLOWS } from "./limits.ts";
import type { Station, Totals } from "./station.ts";
import { TcpGate } from "./tcp_gate.ts";
import { Turns } from "./turns.ts";
import { UdpGate } from "./udp_gate.ts";

/** A connection to the VMM's network device, such as a Deno.UnixConn. */
export interface FrameConnection {
  /** Reads at least one byte; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes at least one byte. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** What a gateway works with. */
export interface GatewayParts {
  readonly conn: FrameConnection;
  readonly judge: Judge;
  readonly names: NameServer;
  readonly log: FlowLog;
  /** How to connect; this host's sockets unless said otherwise. */
  readonly dial?: Dial;
  readonly openUdp?: OpenUdp;
  readonly openEcho?: OpenEcho;
  readonly clock?: Clock;
  /** Most TCP flows; what this process may have open, and 4,096, unless said otherwise. */
  readonly maxFlows?: number;
  /** Resolves when the event loop has gone round; the loop's own unless said otherwise. */
  readonly nextTurn?: () => Promise<void>;
}

/** The gateway. */
export class Gateway {
  readonly #conn: FrameConnection;
  readonly #reader = new FrameReader();
  readonly #outbox: FrameOutbox;
  readonly #timer: FlowTimer;
  readonly #tcp: TcpGate;
  readonly #udp: UdpGate;
  readonly #echo: EchoGate;
  readonly #arrivals: Arrivals;
  readonly #turns: Turns;
  readonly #pool = new ChunkPool(MAX_BUFFERED);
  readonly #totals: Totals = { sent: 0, received: 0, allowed: 0, denied: 0, dropped: 0 };
  #serving = false;
  #closed = false;

  constructor({ conn, judge, names, log, dial = dialTcp, clock = systemClock, ...rest }: GatewayParts) {
    this.#conn = conn;
    this.#outbox = new FrameOutbox(conn, {
      room: () => this.#changed(),
      failed: (error) => this.#failed(error),
    });
    this.#timer = new FlowTimer(clock, (now) => this.#expire(now));
    this.#turns = new Turns(() => clock.now(), rest.nextTurn);
    const station: Station = {
      outbox: this.#outbox,
      pool: this.#pool,
      judge,
      names,
      log,
      dial,
      openUdp: rest.openUdp ?? openUdp,
      openEcho: rest.openEcho ?? openEcho,
      totals: this.#totals,
      now: () => this.#timer.now(),
      by: (deadline) => this.#timer.by(deadline),
      changed: () => this.#changed(),
      began: () => this.#turns.flow(),
    };
    const [a = 0, b = 0, c = 0, d = 0] = crypto.getRandomValues(new Uint32Array(4));
    const maxFlows = rest.maxFlows ?? Math.min(MAX_FLOWS, socketLimit());
    this.#tcp = new TcpGate(station, { maxFlows, secret: [a, b] });
    this.#udp = new UdpGate(station, { maxPorts: Math.ceil(maxFlows / 4), secret: [c, d] });
    this.#echo = new EchoGate(station);
    this.#arrivals = new Arrivals(station, { tcp: this.#tcp, udp: this.#udp, echo: this.#echo });
  }

  /** What counted up so far, of flows that are open too. */
  get totals(): Readonly<Totals> {
    return { ...this.#totals };
  }

  /** Flows that are open. */
  get flows(): { readonly tcp: number; readonly udp: number; readonly icmp: number } {
    return { tcp: this.#tcp.flows, udp: this.#udp.flows, icmp: this.#echo.flows };
  }

  /** Bytes of memory that bytes of flows wait in. */
  get buffered(): number {
    return this.#pool.used;
  }

  /** Serves the guest until its VMM is gone, breaks the framing, or {@linkcode close} is called. Never rejects. */
  async run(): Promise<void> {
    try {
      for (;;) {
        const count = await this.#conn.read(this.#reader.space());
        if (count === null || this.#closed) break;
        await this.#take(count);
        if (this.#closed) break;
      }
    } catch (error) {
      this.#failed(error);
    }
    this.close();
  }

  /** Deals with what was read, in as many turns of the event loop as it takes. */
  async #take(count: number): Promise<void> {
    const frame = (bytes: Uint8Array<ArrayBuffer>, at: number, end: number) => {
      this.#arrivals.frame(bytes, at, end);
      return this.#turns.frame();
    };
    this.#turns.begin();
    for (
      let all = this.#reader.take(count, frame);
      !all && !this.#closed;
      all = this.#reader.take(0, frame)
    ) {
      this.#serve();
      await this.#turns.next();
      if (this.#closed) return;
    }
    this.#serve();
    if (this.#turns.end()) await this.#turns.next();
  }

  /** Has the judge look at all open flows again: for when the policy was changed. */
  judgeAgain(): void {
    this.#tcp.judgeAgain();
    this.#udp.judgeAgain();
    this.#echo.judgeAgain();
  }

  /** Ends all flows and the connection. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#tcp.close();
    this.#udp.close();
    this.#echo.close();
    this.#timer.close();
    this.#turns[Symbol.dispose]();
    this.#outbox.close();
    try {
      this.#conn.close();
    } catch {
      // The VMM was first.
    }
  }

  #failed(error: unknown): void {
    if (!this.#closed) debug("network over", { reason: String(error) });
    this.close();
  }

  #expire(now: number): number {
    const next = Math.min(this.#tcp.expire(now), this.#udp.expire(now), this.#echo.expire(now));
    this.#changed();
    return next;
  }

  /** All that changes in one turn of the event loop is sent together. */
  #changed(): void {
    if (this.#serving || this.#closed) return;
    this.#serving = true;
    queueMicrotask(() => {
      this.#serving = false;
      this.#serve();
    });
  }

  #serve(): void {
    if (this.#closed) return;
    this.#tcp.serve();
    this.#outbox.flush();
  }
}
