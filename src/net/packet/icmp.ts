/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443): echoes, and why a packet went nowhere. Pure.
 *
 * @module
 */
import { putU16, putU32 } from "./bytes.ts";
import { complement, type Memory, sumOf } from "./checksum.ts";
import type { Envelope } from "./envelope.ts";

/** Type, code, checksum, and four bytes that depend on the type. */
export const ICMP_BYTES = 8;

/** Why a packet goes nowhere. */
export type Unreachable = "network" | "host" | "port" | "prohibited";

/** Code of "destination unreachable": type 3 of ICMP, and type 1 of ICMPv6. */
const codes: Readonly<Record<Unreachable, { readonly v4: number; readonly v6: number }>> = {
  network: { v4: 0, v6: 0 },
  host: { v4: 1, v6: 3 },
  port: { v4: 3, v6: 4 },
  prohibited: { v4: 13, v6: 1 },
};

/** What the system says about a packet that it did not send, by errno's name. */
const refusals: Readonly<Record<string, Unreachable>> = {
  ENETUNREACH: "network",
  EHOSTUNREACH: "host",
  EACCES: "prohibited",
  EPERM: "prohibited",
};

/** Why a packet goes nowhere that the system refused to send; `undefined`: for a reason that a guest is not told. */
export function unreachableOf(error: unknown): Unreachable | undefined {
  return refusals[error instanceof Error && "code" in error ? String(error.code) : ""];
}

/** Bytes of the packet in question that an error carries: RFC 1812 wants as much as fits 576, RFC 4443 1,280. */
export const QUOTED_BYTES = 548;

/** Whether an ICMP message of a guest asks for an echo. */
export function isEchoRequest(bytes: Uint8Array, at: number, end: number, version: 4 | 6): boolean {
  return end - at >= ICMP_BYTES && bytes[at] === (version === 4 ? 8 : 128) && bytes[at + 1] === 0;
}

/** An answer to an echo request. */
export interface Echo {
  readonly envelope: Envelope;
  readonly version: 4 | 6;
  readonly identifier: number;
  readonly sequence: number;
  /** What the request had. */
  readonly data: Uint8Array;
}

/** Writes the answer to an echo request. */
export function putEcho(
  memory: Memory,
  at: number,
  { envelope, version, identifier, sequence, data }: Echo,
): void {
  memory.bytes[at] = version === 4 ? 0 : 129;
  memory.bytes[at + 1] = 0;
  putU16(memory.bytes, at + 4, identifier);
  putU16(memory.bytes, at + 6, sequence);
  memory.bytes.set(data, at + ICMP_BYTES);
  putChecksum(memory, at, { envelope, length: ICMP_BYTES + data.length, v4: version === 4 });
}

/** Writes why a packet went nowhere. @param quoted begin of that packet */
export function putUnreachable(
  memory: Memory,
  at: number,
  { envelope, why, quoted, version }: {
    envelope: Envelope;
    why: Unreachable;
    quoted: Uint8Array;
    version: 4 | 6;
  },
): void {
  const v4 = version === 4;
  memory.bytes[at] = v4 ? 3 : 1;
  memory.bytes[at + 1] = v4 ? codes[why].v4 : codes[why].v6;
  putU32(memory.bytes, at + 4, 0);
  memory.bytes.set(quoted, at + ICMP_BYTES);
  putChecksum(memory, at, { envelope, length: ICMP_BYTES + quoted.length, v4 });
}

/** Only ICMPv6 sums a pseudo-header. */
export function putChecksum(
  memory: Memory,
  at: number,
  { envelope, length, v4 }: { envelope: Envelope; length: number; v4: boolean },
): void {
  putU16(memory.bytes, at + 2, 0);
  const sum = v4 ? complement(sumOf(memory, at, length)) : envelope.checksum(memory, at, length);
  putU16(memory.bytes, at + 2, sum);
}
