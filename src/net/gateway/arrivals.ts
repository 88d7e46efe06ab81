/**
 * What comes from a guest, frame by frame: ARP and neighbour solicitations are answered here; TCP, UDP and echoes go to
 * their gates, everything else is refused. Only stations of the guest's own prefix are heard, and nothing that
 * goes to a group is.
 *
 * @module
 */
import { GATEWAY_IPV4, GATEWAY_IPV6, IPV4_PREFIX, IPV6_PREFIX } from "../model/addresses.ts";
import { ARP_FRAME_BYTES, asksFor, putArpReply } from "../packet/arp.ts";
import { sameBytes, u16 } from "../packet/bytes.ts";
import { Envelope } from "../packet/envelope.ts";
import { ETHERNET_BYTES, EtherType, isFor, isMulticast } from "../packet/ethernet.ts";
import { type IpPacket, IpProtocol, parseIpv4, parseIpv6 } from "../packet/ip_packet.ts";
import { Fragments } from "../packet/fragments.ts";
import { addressBytes } from "../packet/ip_address.ts";
import { ADVERTISEMENT_BYTES, putAdvertisement, solicits } from "../packet/ndp.ts";
import { type Arrival, GATEWAY_MAC_BYTES, sendPacket, sendUnreachable, type Station } from "./station.ts";

const gatewayV4 = addressBytes(GATEWAY_IPV4);
const gatewayV6 = addressBytes(GATEWAY_IPV6);

/** Where packets go that belong to flows. */
export interface Gate {
  arrive(arrival: Arrival): void;
}

/** The frames. */
export class Arrivals {
  readonly #station: Station;
  readonly #tcp: Gate;
  readonly #udp: Gate;
  readonly #echo: Gate;
  readonly #fragments = new Fragments();

  constructor(station: Station, gates: { tcp: Gate; udp: Gate; echo: Gate }) {
    this.#station = station;
    this.#tcp = gates.tcp;
    this.#udp = gates.udp;
    this.#echo = gates.echo;
  }

  /** Takes a frame; whatever it is, nothing is thrown. */
  frame(bytes: Uint8Array<ArrayBuffer>, at: number, end: number): void {
    const type = u16(bytes, at + 12);
    const ip = at + ETHERNET_BYTES;
    const mac = bytes.subarray(at + 6, at + 12);
    if (isMulticast(mac, 0)) return this.#drop();
    if (type === EtherType.arp) return this.#arp(bytes, ip, end);
    const packet = type === EtherType.ipv4
      ? parseIpv4(bytes, ip, end)
      : type === EtherType.ipv6
      ? parseIpv6(bytes, ip, end)
      : undefined;
    if (!packet) return this.#drop();
    const arrival = { bytes, packet, mac };
    if (packet.protocol === IpProtocol.icmpv6 && packet.version === 6 && this.#solicitation(arrival)) return;
    if (!isFor(bytes, at, GATEWAY_MAC_BYTES) || isGroup(bytes, packet) || !this.#isOwn(bytes, packet)) {
      return this.#drop();
    }
    const { fragment } = packet;
    if (!fragment) return this.#packet(arrival);
    const whole = this.#fragments.add(bytes, { ...packet, fragment }, this.#station.now());
    if (whole) this.#packet({ ...whole, mac });
  }

  #packet(arrival: Arrival): void {
    const { protocol, version, payloadAt, end } = arrival.packet;
    const [tcp, udp] = [protocol === IpProtocol.tcp, protocol === IpProtocol.udp];
    // Both gates read the ports.
    if ((tcp || udp) && end - payloadAt < 8) return this.#drop();
    if (tcp) this.#tcp.arrive(arrival);
    else if (udp) this.#udp.arrive(arrival);
    else if (protocol === (version === 4 ? IpProtocol.icmp : IpProtocol.icmpv6)) this.#echo.arrive(arrival);
    else sendUnreachable(this.#station, arrival, "prohibited");
  }

  #arp(bytes: Uint8Array, at: number, end: number): void {
    if (!asksFor(bytes, at, end, gatewayV4)) return this.#drop();
    const { outbox } = this.#station;
    const frame = outbox.begin(ARP_FRAME_BYTES);
    if (frame < 0) return this.#drop();
    putArpReply(outbox.memory.bytes, frame, { request: bytes.subarray(at, end), mac: GATEWAY_MAC_BYTES });
    this.#station.changed();
  }

  /** @returns whether it was one */
  #solicitation({ bytes, packet, mac }: Arrival): boolean {
    const { payloadAt, end, sourceAt } = packet;
    if (packet.fragment || !solicits(bytes, payloadAt, end, gatewayV6)) return false;
    const source = bytes.slice(sourceAt, sourceAt + 16);
    // "::" looks whether an address is taken (RFC 4862); the gateway's own is not for guests, but nobody will answer that.
    if (source.every((byte) => byte === 0)) return true;
    const ends = { source: gatewayV6, destination: source, protocol: IpProtocol.icmpv6, hops: 255 };
    const envelope = new Envelope({ destinationMac: mac.slice(), sourceMac: GATEWAY_MAC_BYTES, ...ends });
    const answer = { envelope, address: gatewayV6, mac: GATEWAY_MAC_BYTES };
    sendPacket(
      this.#station,
      envelope,
      ADVERTISEMENT_BYTES,
      (at) => putAdvertisement(this.#station.outbox.memory, at, answer),
    );
    return true;
  }

  /** Whether a packet comes from an address of the guest's prefix that is not the gateway's. */
  #isOwn(bytes: Uint8Array, { version, sourceAt }: IpPacket): boolean {
    const gateway = version === 4 ? gatewayV4 : gatewayV6;
    const prefix = (version === 4 ? IPV4_PREFIX : IPV6_PREFIX) / 8;
    return sameBytes(bytes, sourceAt, gateway, 0, prefix) &&
      !sameBytes(bytes, sourceAt, gateway, 0, gateway.length);
  }

  #drop(): void {
    this.#station.totals.dropped++;
  }
}

/** Whether a packet goes to many: multicast, or a broadcast of IPv4, that of the segment too. */
function isGroup(bytes: Uint8Array, { version, destinationAt }: IpPacket): boolean {
  const first = bytes[destinationAt] ?? 0;
  if (version === 6) return first === 0xff;
  const segment = sameBytes(bytes, destinationAt, gatewayV4, 0, 3) && bytes[destinationAt + 3] === 255;
  return first >= 224 && (first < 240 || first === 255) || segment;
}
