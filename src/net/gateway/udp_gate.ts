/**
 * The UDP flows of a guest. Each port of the guest has one socket of this host, so that all its targets see the same
 * one, and hears only from those that it has written to (RFC 4787: endpoint-independent mapping, address and
 * port-dependent filtering). Questions to the gateway's own port 53 go to the name server.
 *
 * @module
 */
import type { UdpPeer, UdpSocket } from "../host/udp_socket.ts";
import { GATEWAY_IPV4, GATEWAY_IPV6 } from "../model/addresses.ts";
import type { Allowed, FlowTarget, Verdict } from "../model/gateway_parts.ts";
import type { Envelope } from "../packet/envelope.ts";
import { unreachableOf } from "../packet/icmp.ts";
import { addressText } from "../packet/ip_address.ts";
import { type IpPacket, IpProtocol } from "../packet/ip_packet.ts";
import { parseUdp, type UdpDatagram } from "../packet/udp.ts";
import { sendDatagram } from "./datagram.ts";
import { Denials } from "./denials.ts";
import { FlowAccount } from "./flow_account.ts";
import { FlowTable, type Keyed } from "./flow_table.ts";
import { MAX_QUESTIONS, MAX_UDP_FLOWS, MAX_UDP_PORTS, MAX_UDP_TARGETS, UDP_PORT_KEPT } from "./limits.ts";
import { answering, type Arrival, quoteOf, sendError, sendUnreachable, type Station } from "./station.ts";

const DNS_PORT = 53;

/** How long a flow may be silent, in milliseconds: a DNS question, one direction, both. */
const DNS_IDLE = 5_000;
const ONE_WAY_IDLE = 60_000;
const BOTH_WAYS_IDLE = 300_000;

/** Datagrams of a socket that the system has not taken yet; more are lost. */
const MAX_SENDING = 64;

/** Bytes of a datagram that an ICMP error quotes: headers, without most of the data. */
const QUOTED = 64;

interface UdpFlow extends Keyed {
  /** Address and port of whom the host sends to. */
  readonly name: string;
  readonly port: UdpPort;
  readonly target: FlowTarget;
  readonly account: FlowAccount;
  readonly peer: UdpPeer;
  /** Headers of what goes to the guest: datagrams, and ICMP errors. */
  readonly envelope: Envelope;
  readonly errorEnvelope: Envelope;
  readonly version: 4 | 6;
  /** The guest's port. */
  readonly guestPort: number;
  used: number;
}

/** A port of the guest. */
interface UdpPort {
  readonly name: string;
  readonly socket: UdpSocket;
  /** By address and port of whom the host sends to; the one that was silent for longest stands in front. */
  readonly flows: Map<string, UdpFlow>;
  used: number;
  sending: number;
}

/** The flows. */
export class UdpGate {
  readonly #station: Station;
  readonly #maxPorts: number;
  readonly #flows: FlowTable<UdpFlow>;
  /** All flows; the one that was silent for longest stands in front, and so in {@linkcode #ports}. */
  readonly #recent = new Set<UdpFlow>();
  readonly #ports = new Map<string, UdpPort>();
  readonly #denials: Denials;
  #questions = 0;

  /** @param secret random */
  constructor(station: Station, options: { maxPorts: number; secret: readonly [number, number] }) {
    this.#station = station;
    this.#denials = new Denials(station);
    this.#maxPorts = Math.min(MAX_UDP_PORTS, options.maxPorts);
    this.#flows = new FlowTable(options.secret);
  }

  get flows(): number {
    return this.#flows.size;
  }

  /** Takes a packet with a UDP datagram. */
  arrive(arrival: Arrival): void {
    const { bytes, packet } = arrival;
    const datagram = parseUdp(bytes, packet.payloadAt, packet.end);
    if (!datagram) {
      this.#station.totals.dropped++;
      return;
    }
    const key = this.#flows.keyOf(bytes, packet);
    const known = this.#flows.find(key);
    if (known) return this.#send(known, arrival, datagram);
    const address = addressText(bytes, packet.destinationAt, packet.addressBytes);
    const target: FlowTarget = { protocol: "udp", address, port: datagram.destinationPort };
    if (target.port === DNS_PORT && (address === GATEWAY_IPV4 || address === GATEWAY_IPV6)) {
      return void this.#question(arrival, datagram);
    }
    if (this.#full(arrival, datagram.sourcePort)) {
      this.#station.totals.dropped++;
      return;
    }
    this.#station.began();
    const verdict = this.#station.judge.flow(target);
    const flow = verdict.allowed
      ? this.#begin(arrival, datagram, { key: key.slice(), target, verdict })
      : undefined;
    if (flow) this.#send(flow, arrival, datagram);
    else this.#refuse(arrival, target, verdict);
  }

  /** Ends flows that were silent for too long. @returns when to look again */
  expire(now: number): number {
    let next = Infinity;
    for (const flow of [...this.#flows]) {
      const end = flow.used + idleTime(flow);
      if (end <= now) this.#end(flow, "idle");
      else next = Math.min(next, end);
    }
    return next;
  }

  /** Ends the flows that the judge allows no more. */
  judgeAgain(): void {
    for (const flow of [...this.#flows]) {
      const verdict = this.#station.judge.flow(flow.target);
      if (verdict.allowed) continue;
      flow.account.judged(verdict);
      this.#end(flow, "denied: the policy was changed");
    }
  }

  /** Ends all flows. */
  close(): void {
    for (const flow of [...this.#flows]) this.#end(flow, "the network was closed");
  }

  async #question(arrival: Arrival, { dataAt, dataEnd, sourcePort }: UdpDatagram): Promise<void> {
    if (this.#questions >= MAX_QUESTIONS) {
      this.#station.totals.dropped++;
      return;
    }
    this.#questions++;
    const envelope = answering(arrival);
    const query = arrival.bytes.slice(dataAt, dataEnd);
    const answer = await this.#station.names.answer(query, "udp").catch(() => undefined);
    this.#questions--;
    if (!answer) return;
    sendDatagram(this.#station, envelope, {
      sourcePort: DNS_PORT,
      destinationPort: sourcePort,
      data: answer,
    });
  }

  #begin(
    arrival: Arrival,
    { sourcePort }: UdpDatagram,
    { key, target, verdict }: { key: Uint8Array; target: FlowTarget; verdict: Allowed },
  ): UdpFlow | undefined {
    if (this.#flows.size >= MAX_UDP_FLOWS) this.#endOldest(this.#recent);
    const port = this.#portOf(arrival, sourcePort);
    if (!port) return undefined;
    if (port.flows.size >= MAX_UDP_TARGETS) this.#endOldest(port.flows.values());
    const [address = target.address] = verdict.dial;
    const { version } = arrival.packet;
    const protocol = version === 4 ? IpProtocol.icmp : IpProtocol.icmpv6;
    const peer = { address, port: target.port };
    const name = nameOf(peer);
    const now = this.#station.now();
    const flow: UdpFlow = {
      name,
      key,
      port,
      target,
      account: new FlowAccount(this.#station, target, verdict),
      peer,
      envelope: answering(arrival),
      errorEnvelope: answering(arrival, { protocol }),
      version,
      guestPort: sourcePort,
      used: now,
    };
    const old = port.flows.get(name);
    this.#flows.add(flow);
    port.flows.delete(name);
    port.flows.set(name, flow);
    this.#recent.add(flow);
    // Two names of one server, of which the guest hears the last one that it has written to.
    if (old) this.#end(old, "replaced");
    this.#station.totals.allowed++;
    this.#station.by(now + idleTime(flow));
    return flow;
  }

  /** Whether a datagram wants a socket when there are the most, all of them in use: senders of UDP live with a loss. */
  #full({ bytes, packet }: Arrival, sourcePort: number): boolean {
    if (this.#ports.size < this.#maxPorts) return false;
    const [oldest] = this.#ports.values();
    if (!oldest || this.#station.now() - oldest.used >= UDP_PORT_KEPT) return false;
    return !this.#ports.has(portName(bytes, packet, sourcePort));
  }

  #portOf({ bytes, packet }: Arrival, sourcePort: number): UdpPort | undefined {
    const name = portName(bytes, packet, sourcePort);
    const known = this.#ports.get(name);
    if (known) return known;
    if (this.#ports.size >= this.#maxPorts) this.#endOldestPort();
    try {
      const socket = this.#station.openUdp(packet.version, (data, from) => this.#heard(name, data, from));
      const port: UdpPort = { name, socket, flows: new Map(), used: this.#station.now(), sending: 0 };
      this.#ports.set(name, port);
      return port;
    } catch {
      return undefined;
    }
  }

  #send(flow: UdpFlow, arrival: Arrival, { dataAt, dataEnd }: UdpDatagram): void {
    const { port } = flow;
    this.#used(flow);
    if (port.sending >= MAX_SENDING) {
      this.#station.totals.dropped++;
      return;
    }
    flow.account.fromGuest(dataEnd - dataAt);
    port.sending++;
    const quoted = quoteOf(arrival, QUOTED);
    port.socket.send(arrival.bytes.slice(dataAt, dataEnd), flow.peer)
      .catch((error: unknown) => {
        const why = unreachableOf(error);
        if (why) {
          sendError(this.#station, { envelope: flow.errorEnvelope, version: flow.version, why, quoted });
        }
      })
      .finally(() => port.sending--);
  }

  #heard(name: string, data: Uint8Array, from: UdpPeer): void {
    const flow = this.#ports.get(name)?.flows.get(nameOf(from));
    // From somebody that the guest has not written to.
    if (!flow) return;
    this.#used(flow);
    flow.account.toGuest(data.length);
    sendDatagram(this.#station, flow.envelope, {
      sourcePort: flow.target.port,
      destinationPort: flow.guestPort,
      data,
    });
  }

  /** As the target's own system would say that nobody listens: programs see it at once, and QUIC falls back to TCP. */
  #refuse(arrival: Arrival, target: FlowTarget, verdict: Verdict): void {
    sendUnreachable(this.#station, arrival, "port");
    this.#denials.tell(target, verdict, "no socket is left");
  }

  /** Something was sent either way: flow and port are the last ones to be ended for others. */
  #used(flow: UdpFlow): void {
    const { name, port } = flow;
    flow.used = port.used = this.#station.now();
    this.#recent.delete(flow);
    this.#recent.add(flow);
    port.flows.delete(name);
    port.flows.set(name, flow);
    this.#ports.delete(port.name);
    this.#ports.set(port.name, port);
  }

  #end(flow: UdpFlow, end: string): void {
    const { port } = flow;
    this.#flows.delete(flow);
    this.#recent.delete(flow);
    if (port.flows.get(flow.name) === flow) port.flows.delete(flow.name);
    if (port.flows.size === 0) {
      this.#ports.delete(port.name);
      port.socket.close();
    }
    flow.account.over(end);
  }

  #endOldest(flows: Iterable<UdpFlow>): void {
    const [oldest] = flows;
    if (oldest) this.#end(oldest, "too many flows");
  }

  #endOldestPort(): void {
    const [oldest] = this.#ports.values();
    for (const flow of [...oldest?.flows.values() ?? []]) this.#end(flow, "too many flows");
  }
}

function nameOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address} ${port}`;
}

function portName(bytes: Uint8Array, { sourceAt, addressBytes }: IpPacket, port: number): string {
  return `${addressText(bytes, sourceAt, addressBytes)} ${port}`;
}

function idleTime({ target, account: { sent, received } }: UdpFlow): number {
  if (target.port === DNS_PORT) return DNS_IDLE;
  return sent > 0 && received > 0 ? BOTH_WAYS_IDLE : ONE_WAY_IDLE;
}
