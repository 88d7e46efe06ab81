/**
 * Writes DER (ITU-T X.690), as far as certificates need it. Pure.
 *
 * @module
 */
import { joinedBytes } from "../../text/joined_bytes.ts";

/** Tags of universal types, and those that make a type of a context. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** [n], of a simple type; `constructed` of one that has parts. */
  context: 0x80,
  constructed: 0xa0,
} as const;

/** A value of a tag, with its length. */
export function der(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const body = joinedBytes(...parts);
  const { length } = body;
  const size = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  return joinedBytes([tag, ...size], body);
}

/** SEQUENCE. */
export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(Tag.sequence, ...parts);
}

/** OBJECT IDENTIFIER: `1.2.840.10045.4.3.2`. */
export function oid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  return der(Tag.oid, [40 * first + second, ...rest.flatMap(base128)]);
}

function base128(value: number): number[] {
  const groups = [value & 0x7f];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) {
    groups.unshift((left & 0x7f) | 0x80);
  }
  return groups;
}

/** INTEGER of bytes whose first bit is 0: a number above 0. */
export function integer(bytes: Uint8Array | readonly number[]): Uint8Array {
  return der(Tag.integer, bytes);
}

/** BIT STRING of whole bytes, or with so many bits of the last byte unused. */
export function bitString(bytes: Uint8Array | readonly number[], unused = 0): Uint8Array {
  return der(Tag.bitString, [unused], bytes);
}

/** Time: UTCTime before 2050, as RFC 5280 4.1.2.5 wants it. @param milliseconds since the Unix epoch */
export function time(milliseconds: number): Uint8Array {
  const digits = new Date(milliseconds).toISOString().replace(/\.\d+/, "").replaceAll(/[-:T]/g, "");
  const isLate = Number(digits.slice(0, 4)) >= 2050;
  const text = isLate ? digits : digits.slice(2);
  return der(isLate ? Tag.generalizedTime : Tag.utcTime, new TextEncoder().encode(text));
}

/** PEM (RFC 7468). */
export function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
