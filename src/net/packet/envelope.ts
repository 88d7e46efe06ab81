/**
 * What stands in front of everything that one station sends to another: Ethernet and IP headers, made once for a flow and
 * copied for each packet, with the sum of the pseudo-header that TCP, UDP and ICMPv6 add to theirs. Pure.
 *
 * @module
 */
import { putU16 } from "./bytes.ts";
import { complement, fold, type Memory, newMemory, sumOf } from "./checksum.ts";
import { ETHERNET_BYTES, EtherType, putEthernet } from "./ethernet.ts";

/** Both ends of an envelope. */
export interface Ends {
  /** MAC of the guest's device that gets it, and of the gateway. */
  readonly destinationMac: Uint8Array;
  readonly sourceMac: Uint8Array;
  /** 4 or 16 bytes each. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly protocol: number;
  /** TTL or hop limit; 64 unless said otherwise. */
  readonly hops?: number;
}

/** The headers. */
export class Envelope {
  /** Bytes of Ethernet and IP header. */
  readonly bytes: number;
  readonly protocol: number;
  readonly #header: Memory;
  readonly #pseudoSum: number;
  readonly #headerSum: number;

  constructor({ destinationMac, sourceMac, source, destination, protocol, hops = 64 }: Ends) {
    const v4 = source.length === 4;
    this.protocol = protocol;
    this.bytes = ETHERNET_BYTES + (v4 ? 20 : 40);
    this.#header = newMemory(this.bytes);
    const { bytes } = this.#header;
    const type = v4 ? EtherType.ipv4 : EtherType.ipv6;
    const at = putEthernet(bytes, 0, { destination: destinationMac, source: sourceMac, type });
    // Version and header length; identification 0 with "don't fragment" (RFC 6864 allows that), or the flow label 0.
    bytes.set(
      v4 ? [0x45, 0, 0, 0, 0, 0, 0x40, 0, hops, protocol, 0, 0] : [0x60, 0, 0, 0, 0, 0, protocol, hops],
      at,
    );
    const addresses = at + (v4 ? 12 : 8);
    bytes.set(source, addresses);
    bytes.set(destination, addresses + source.length);
    this.#pseudoSum = fold(sumOf(this.#header, addresses, 2 * source.length) + protocol);
    this.#headerSum = v4 ? sumOf(this.#header, at, 20) : 0;
  }

  /**
   * Writes the headers.
   *
   * @param length of the payload, in bytes
   * @returns where the payload belongs
   */
  put(bytes: Uint8Array, at: number, length: number): number {
    bytes.set(this.#header.bytes, at);
    const ip = at + ETHERNET_BYTES;
    if (this.bytes === ETHERNET_BYTES + 20) {
      putU16(bytes, ip + 2, 20 + length);
      putU16(bytes, ip + 10, complement(this.#headerSum + 20 + length));
    } else putU16(bytes, ip + 4, length);
    return at + this.bytes;
  }

  /** The checksum of a payload whose checksum field is 0. */
  checksum(memory: Memory, at: number, length: number): number {
    return complement(this.#pseudoSum + length + sumOf(memory, at, length));
  }
}
