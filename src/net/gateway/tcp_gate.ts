/**
 * The TCP flows of a guest: which segment belongs to which, which SYN begins one, how many there may be, and whose
 * turn it is to send.
 *
 * @module
 */
import { Garbage } from "../../async/garbage.ts";
import { GATEWAY_IPV4, GATEWAY_IPV6, MTU } from "../model/addresses.ts";
import type { FlowTarget } from "../model/gateway_parts.ts";
import { putU16 } from "../packet/bytes.ts";
import type { Envelope } from "../packet/envelope.ts";
import { addressText } from "../packet/ip_address.ts";
import { IpProtocol } from "../packet/ip_packet.ts";
import { parseTcp, putTcp, TCP_BYTES, TcpFlag, type TcpSegment } from "../packet/tcp_segment.ts";
import { keyedHash } from "../tcp/keyed_hash.ts";
import { type OutgoingSegment, resetFor } from "../tcp/outgoing_segment.ts";
import { DnsStream } from "./dns_stream.ts";
import { FlowTable } from "./flow_table.ts";
import { HALF_OPEN_KEPT, MAX_HALF_OPEN, MAX_NAME_STREAMS } from "./limits.ts";
import { answering, type Arrival, quoteOf, sendPacket, type Station } from "./station.ts";
import { TcpFlow, type TcpFlowOwner } from "./tcp_flow.ts";

/** Bytes of a SYN that an ICMP error quotes: both headers with all options. */
const QUOTED_SYN = 120;

const DNS_PORT = 53;

/** RFC 6528: the first sequence number grows by one each 4 us. */
const ISS_PER_MILLISECOND = 250;

/** The flows. */
export class TcpGate implements TcpFlowOwner {
  readonly #station: Station;
  readonly #maxFlows: number;
  readonly #secret: readonly [number, number];
  readonly #flows: FlowTable<TcpFlow>;
  readonly #halfOpen = new Set<TcpFlow>();
  readonly #timeWait = new Set<TcpFlow>();
  /** Flows whose guest is done, and whose last bytes go to the server yet. */
  readonly #lingering = new Set<TcpFlow>();
  readonly #changed = new Set<TcpFlow>();
  /** Connections to the name server. */
  #nameStreams = 0;
  readonly #garbage = new Garbage();

  /** @param secret random */
  constructor(station: Station, options: { maxFlows: number; secret: readonly [number, number] }) {
    this.#station = station;
    this.#maxFlows = options.maxFlows;
    this.#secret = options.secret;
    this.#flows = new FlowTable(options.secret);
  }

  /** Flows that hold a socket or memory. */
  get flows(): number {
    return this.#flows.size - this.#timeWait.size + this.#lingering.size;
  }

  /** Takes a packet with a TCP segment. */
  arrive(arrival: Arrival): void {
    const { bytes, packet } = arrival;
    const segment = parseTcp(bytes, packet.payloadAt, packet.end);
    if (!segment) {
      this.#station.totals.dropped++;
      return;
    }
    const key = this.#flows.keyOf(bytes, packet);
    const flow = this.#flows.find(key);
    if (flow && flow.segment(bytes, segment) !== "replaced") return;
    if (flow) this.#sort(flow);
    const begins = (segment.flags & (TcpFlag.syn | TcpFlag.ack | TcpFlag.rst | TcpFlag.fin)) === TcpFlag.syn;
    if (begins) this.#begin(arrival, segment, key.slice());
    else this.#answer(answering(arrival), segment, resetFor(segment));
  }

  /** Has flows send, each in its turn, until the outbox is full. @returns whether it is */
  serve(): boolean {
    for (const flow of this.#changed) {
      this.#changed.delete(flow);
      const all = flow.transmit();
      this.#sort(flow);
      // What was sent has to be acknowledged in time, and nothing else may happen until then.
      this.#station.by(flow.deadline);
      if (all) continue;
      this.#changed.add(flow);
      return true;
    }
    return false;
  }

  /** Looks at all deadlines. @returns the next one */
  expire(now: number): number {
    let next = Infinity;
    for (const flows of [this.#flows, this.#lingering]) {
      for (const flow of flows) {
        if (flow.deadline <= now) flow.expire(now);
        next = Math.min(next, flow.deadline);
      }
    }
    return next;
  }

  /** Ends the flows that the judge allows no more. */
  judgeAgain(): void {
    for (const flow of [...this.#flows, ...this.#lingering]) {
      if (isDns(flow.target)) continue;
      const verdict = this.#station.judge.flow(flow.target);
      if (!verdict.allowed) flow.deny(verdict);
    }
  }

  /** Ends all flows. */
  close(): void {
    for (const flow of [...this.#flows, ...this.#lingering]) {
      flow.abort("the network was closed");
      this.#flows.delete(flow);
    }
    for (const flows of [this.#halfOpen, this.#timeWait, this.#lingering, this.#changed]) flows.clear();
    this.#garbage[Symbol.dispose]();
  }

  changed(flow: TcpFlow): void {
    this.#changed.add(flow);
    this.#station.by(flow.deadline);
    this.#station.changed();
  }

  #begin(arrival: Arrival, syn: TcpSegment, key: Uint8Array): void {
    this.#station.began();
    const { bytes, packet } = arrival;
    const address = addressText(bytes, packet.destinationAt, packet.addressBytes);
    const target: FlowTarget = { protocol: "tcp", address, port: syn.destinationPort };
    const dns = isDns(target);
    const verdict = dns
      ? { allowed: true, rule: "DNS", dial: [address], inspect: false } as const
      : this.#station.judge.flow(target);
    if (!verdict.allowed || (dns && this.#nameStreams >= MAX_NAME_STREAMS) || !this.#admit()) {
      const end = verdict.allowed ? "too many connections" : "denied";
      this.#station.totals.denied++;
      const record = { target, verdict, began: Date.now(), milliseconds: 0, sent: 0, received: 0, end };
      this.#station.log.ended(record);
      return this.#answer(answering(arrival), syn, resetFor(syn));
    }
    const { version } = packet;
    const station = dns
      ? { ...this.#station, log: FORGETFUL, dial: () => Promise.resolve(this.#nameStream()) }
      : this.#station;
    const flow = new TcpFlow(station, this, {
      key,
      syn,
      target,
      verdict,
      envelope: answering(arrival),
      unreachable: {
        version,
        envelope: answering(arrival, { protocol: version === 4 ? IpProtocol.icmp : IpProtocol.icmpv6 }),
        quoted: quoteOf(arrival, QUOTED_SYN),
      },
      iss: (keyedHash(this.#secret, key) + Math.floor(this.#station.now() * ISS_PER_MILLISECOND)) >>> 0,
      mss: MTU - 2 * (version === 4 ? 10 : 20) - TCP_BYTES,
    });
    this.#station.totals.allowed++;
    this.#flows.add(flow);
    this.#halfOpen.add(flow);
    this.#garbage.add();
    this.#station.by(flow.deadline);
  }

  #nameStream(): DnsStream {
    this.#nameStreams++;
    return new DnsStream(this.#station.names, () => this.#nameStreams--);
  }

  /** Makes room for one more where that is fair. */
  #admit(): boolean {
    if (this.#flows.size + this.#lingering.size >= this.#maxFlows) {
      const [oldest] = this.#timeWait;
      if (oldest) {
        this.#drop(oldest);
        // When its turn came it would be sorted among those that wait, where it holds no place to be given up again.
        this.#changed.delete(oldest);
      } else if (!this.#giveUpOldest()) return false;
    }
    return this.#halfOpen.size < MAX_HALF_OPEN || this.#giveUpOldest();
  }

  /** A server that has not answered for 5 s is the least likely one to answer. */
  #giveUpOldest(): boolean {
    const [oldest] = this.#halfOpen;
    if (!oldest || this.#station.now() - oldest.beganAt < HALF_OPEN_KEPT) return false;
    oldest.abort("too many connections");
    oldest.transmit();
    this.#sort(oldest);
    return true;
  }

  /** Puts a flow where it belongs as it stands now. */
  #sort(flow: TcpFlow): void {
    if (!flow.halfOpen) this.#halfOpen.delete(flow);
    const { phase } = flow.connection;
    if (phase === "time-wait" && !flow.bridged) this.#timeWait.add(flow);
    if (phase !== "closed") return;
    this.#drop(flow);
    if (!flow.over) this.#lingering.add(flow);
  }

  #drop(flow: TcpFlow): void {
    this.#flows.delete(flow);
    for (const flows of [this.#halfOpen, this.#timeWait, this.#lingering]) flows.delete(flow);
  }

  #answer(envelope: Envelope, segment: TcpSegment, answer: OutgoingSegment | undefined): void {
    if (!answer) return;
    const { memory } = this.#station.outbox;
    const ports = { sourcePort: segment.destinationPort, destinationPort: segment.sourcePort };
    sendPacket(this.#station, envelope, TCP_BYTES, (at) => {
      putTcp(memory.bytes, at, { ...answer, ...ports });
      putU16(memory.bytes, at + 16, envelope.checksum(memory, at, TCP_BYTES));
    });
  }
}

/** The name server tells of its questions itself. */
const FORGETFUL = { ended: () => {} };

function isDns({ address, port }: FlowTarget): boolean {
  return port === DNS_PORT && (address === GATEWAY_IPV4 || address === GATEWAY_IPV6);
}
