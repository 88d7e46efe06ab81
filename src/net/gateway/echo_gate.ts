/**
 * Echo requests of a guest. The gateway answers those to itself; others are asked for by sockets of this host, where its
 * system lets this user (src/ffi/ping_socket.ts). All that one program of the guest sends to one address is a flow. One
 * socket has the echoes of all flows: its sequence numbers are given out anew, and lead an answer back to who asked.
 *
 * @module
 */
import type { EchoSocket, HeardEcho } from "../host/echo_socket.ts";
import { GATEWAY_IPV4, GATEWAY_IPV6 } from "../model/addresses.ts";
import type { FlowTarget, Verdict } from "../model/gateway_parts.ts";
import { sameBytes, u16 } from "../packet/bytes.ts";
import type { Envelope } from "../packet/envelope.ts";
import { ICMP_BYTES, isEchoRequest, putEcho, unreachableOf } from "../packet/icmp.ts";
import { addressBytes, addressText } from "../packet/ip_address.ts";
import { Denials } from "./denials.ts";
import { FlowAccount } from "./flow_account.ts";
import { ECHO_FLOW_KEPT, MAX_ECHO_FLOWS, MAX_ECHOES } from "./limits.ts";
import { sendPayload } from "./pieces.ts";
import { answering, type Arrival, quoteOf, sendError, sendUnreachable, type Station } from "./station.ts";

const gatewayV4 = addressBytes(GATEWAY_IPV4);
const gatewayV6 = addressBytes(GATEWAY_IPV6);

/** How long a flow may be silent, in milliseconds: `ping` gives an echo up after 10 s, and asks anew each second. */
const IDLE = 30_000;

/** Bytes of a request that an ICMP error quotes: headers, without most of the data. */
const QUOTED = 64;

/** What is said of a ping that is allowed, and that the system does not let this user send. */
const NO_SOCKET = "this host lets its user send no pings";

/** The echoes that a program of the guest asks for at one address. */
interface EchoFlow {
  readonly name: string;
  readonly target: FlowTarget;
  readonly account: FlowAccount;
  readonly way: EchoWay;
  /** Whom the host asks. */
  readonly address: Uint8Array;
  /** Headers of what goes to the guest: echoes and errors alike. */
  readonly envelope: Envelope;
  readonly version: 4 | 6;
  /** The program's, as the guest's kernel gave it. */
  readonly identifier: number;
  used: number;
}

/** A socket of this host, and the requests by it that have no answer, the oldest in front. */
interface EchoWay {
  readonly socket: EchoSocket;
  readonly asked: Map<number, { readonly flow: EchoFlow; readonly sequence: number }>;
  next: number;
}

/** The echoes. */
export class EchoGate {
  readonly #station: Station;
  /** The one that was silent for longest stands in front. */
  readonly #flows = new Map<string, EchoFlow>();
  readonly #ways = new Map<4 | 6, EchoWay>();
  readonly #denials: Denials;

  constructor(station: Station) {
    this.#station = station;
    this.#denials = new Denials(station);
  }

  get flows(): number {
    return this.#flows.size;
  }

  /** Takes a packet with an ICMP message of its version of IP. */
  arrive(arrival: Arrival): void {
    const { bytes, packet } = arrival;
    const { version, payloadAt, end, sourceAt, destinationAt, addressBytes: size } = packet;
    if (!isEchoRequest(bytes, payloadAt, end, version)) return this.#drop();
    const [identifier, sequence] = [u16(bytes, payloadAt + 4), u16(bytes, payloadAt + 6)];
    const data = bytes.subarray(payloadAt + ICMP_BYTES, end);
    if (sameBytes(bytes, destinationAt, version === 4 ? gatewayV4 : gatewayV6, 0, size)) {
      return this.#answer(answering(arrival), { version, identifier, sequence, data });
    }
    const name = `${bytes.subarray(sourceAt, sourceAt + 2 * size).toHex()} ${identifier}`;
    const flow = this.#flows.get(name) ?? this.#begin(arrival, name, identifier);
    if (flow) this.#send(flow, arrival, { sequence, data });
  }

  /** Ends flows that were silent for too long. @returns when to look again */
  expire(now: number): number {
    let next = Infinity;
    for (const flow of [...this.#flows.values()]) {
      if (flow.used + IDLE <= now) this.#end(flow, "idle");
      else next = Math.min(next, flow.used + IDLE);
    }
    return next;
  }

  /** Ends the flows that the judge allows no more. */
  judgeAgain(): void {
    for (const flow of [...this.#flows.values()]) {
      const verdict = this.#station.judge.flow(flow.target);
      if (verdict.allowed) continue;
      flow.account.judged(verdict);
      this.#end(flow, "denied: the policy was changed");
    }
  }

  /** Ends all flows. */
  close(): void {
    for (const flow of [...this.#flows.values()]) this.#end(flow, "the network was closed");
  }

  #begin(arrival: Arrival, name: string, identifier: number): EchoFlow | undefined {
    const { bytes, packet } = arrival;
    if (this.#flows.size >= MAX_ECHO_FLOWS) {
      const [oldest] = this.#flows.values();
      // Who asks for echoes lives with a loss.
      if (!oldest || this.#station.now() - oldest.used < ECHO_FLOW_KEPT) return this.#drop();
      this.#end(oldest, "too many flows");
    }
    this.#station.began();
    const address = addressText(bytes, packet.destinationAt, packet.addressBytes);
    const target: FlowTarget = { protocol: "icmp", address, port: 0 };
    const verdict = this.#station.judge.flow(target);
    if (!verdict.allowed) return this.#refuse(arrival, target, verdict);
    const [to = address] = verdict.dial;
    const way = this.#wayOf(to.includes(":") ? 6 : 4);
    if (!way) return this.#refuse(arrival, target, verdict);
    const now = this.#station.now();
    const flow: EchoFlow = {
      name,
      target,
      account: new FlowAccount(this.#station, target, verdict),
      way,
      address: addressBytes(to),
      envelope: answering(arrival),
      version: packet.version,
      identifier,
      used: now,
    };
    this.#flows.set(name, flow);
    this.#station.totals.allowed++;
    this.#station.by(now + IDLE);
    return flow;
  }

  /** The socket for a version of IP, which lives as long as its flows. */
  #wayOf(version: 4 | 6): EchoWay | undefined {
    const known = this.#ways.get(version);
    if (known) return known;
    try {
      const socket = this.#station.openEcho(version, (echo) => this.#heard(version, echo));
      const way = { socket, asked: new Map(), next: 0 };
      this.#ways.set(version, way);
      return way;
    } catch {
      return undefined;
    }
  }

  #send(flow: EchoFlow, arrival: Arrival, { sequence, data }: { sequence: number; data: Uint8Array }): void {
    const { way } = flow;
    this.#used(flow);
    if (way.asked.size >= MAX_ECHOES) way.asked.delete(way.asked.keys().next().value ?? 0);
    const number = way.next;
    way.next = (number + 1) & 0xffff;
    way.asked.set(number, { flow, sequence });
    try {
      way.socket.send({ to: flow.address, sequence: number, data });
      flow.account.fromGuest(data.length);
    } catch (error) {
      way.asked.delete(number);
      const why = unreachableOf(error);
      const { envelope, version } = flow;
      if (why) sendError(this.#station, { envelope, version, why, quoted: quoteOf(arrival, QUOTED) });
      else this.#drop();
    }
  }

  #heard(way: 4 | 6, { from, sequence: number, data }: HeardEcho): void {
    const asked = this.#ways.get(way)?.asked;
    const request = asked?.get(number);
    if (!request) return;
    const { flow, sequence } = request;
    // From somebody that was not asked.
    if (!sameBytes(from, 0, flow.address, 0, flow.address.length)) return;
    asked?.delete(number);
    this.#used(flow);
    flow.account.toGuest(data.length);
    const { version, identifier } = flow;
    this.#answer(flow.envelope, { version, identifier, sequence, data });
  }

  #answer(
    envelope: Envelope,
    echo: { version: 4 | 6; identifier: number; sequence: number; data: Uint8Array },
  ): void {
    const length = ICMP_BYTES + echo.data.length;
    sendPayload(this.#station, envelope, length, (memory, at) => putEcho(memory, at, { envelope, ...echo }));
  }

  /** Clients show it: a ping that is not sent is never answered. */
  #refuse(arrival: Arrival, target: FlowTarget, verdict: Verdict): undefined {
    sendUnreachable(this.#station, arrival, "prohibited");
    this.#denials.tell(target, verdict, NO_SOCKET);
  }

  #used(flow: EchoFlow): void {
    flow.used = this.#station.now();
    this.#flows.delete(flow.name);
    this.#flows.set(flow.name, flow);
  }

  #end(flow: EchoFlow, end: string): void {
    const { way } = flow;
    this.#flows.delete(flow.name);
    for (const [number, request] of way.asked) if (request.flow === flow) way.asked.delete(number);
    if (![...this.#flows.values()].some((other) => other.way === way)) this.#closeWay(way);
    flow.account.over(end);
  }

  #closeWay(way: EchoWay): void {
    way.socket.close();
    for (const [version, known] of this.#ways) if (known === way) this.#ways.delete(version);
  }

  #drop(): undefined {
    this.#station.totals.dropped++;
  }
}
