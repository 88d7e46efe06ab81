/**
 * Extended headers of pax archives (IEEE Std 1003.1, pax): records of a length, a keyword, and a value of
 * any bytes. Pure.
 *
 * @module
 */
import { bytesToByteString, byteStringToBytes } from "../../erofs/tree.ts";
import { LayerError } from "../model/layer_error.ts";

/** Most bytes of one extended header. */
export const MAX_PAX_BYTES = 1024 * 1024;

/** Records by keyword, values as byte strings; GNU's repeated sparse keywords are gathered in order. */
export interface PaxRecords {
  readonly values: ReadonlyMap<string, string>;
  /** Values of `GNU.sparse.offset` and `GNU.sparse.numbytes` in turn (sparse format 0.0). */
  readonly sparseMap: readonly string[];
}

const XATTR_PREFIX = "SCHILY.xattr.";

/**
 * Reads an extended header.
 *
 * @throws {LayerError} when a record is not as the standard says
 */
export function parsePax(bytes: Uint8Array): PaxRecords {
  const values = new Map<string, string>();
  const sparseMap: string[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const space = bytes.subarray(at, at + 8).indexOf(0x20);
    const digits = bytesToByteString(bytes.subarray(at, at + Math.max(space, 0)));
    const length = /^[0-9]+$/.test(digits) ? Number(digits) : 0;
    const record = bytes.subarray(at + space + 1, at + length);
    const equals = record.indexOf(0x3d);
    const whole = at + length <= bytes.byteLength && record.at(-1) === 0x0a;
    if (!whole || equals < 1) throw new LayerError("an extended header is malformed");
    const keyword = bytesToByteString(record.subarray(0, equals));
    const value = bytesToByteString(record.subarray(equals + 1, -1));
    if (keyword === "GNU.sparse.offset" || keyword === "GNU.sparse.numbytes") sparseMap.push(value);
    values.set(keyword, value);
    at += length;
  }
  return { values, sparseMap };
}

/** The extended attributes among the records: full name to value. */
export function paxXattrs(values: ReadonlyMap<string, string>): Map<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>();
  for (const [keyword, value] of values) {
    if (!keyword.startsWith(XATTR_PREFIX)) continue;
    xattrs.set(keyword.slice(XATTR_PREFIX.length), byteStringToBytes(value));
  }
  return xattrs;
}

/**
 * A whole number of a record.
 *
 * @throws {LayerError} when it is none, or too large
 */
export function paxNumber(value: string, keyword: string): number {
  const result = /^-?[0-9]{1,19}$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(result)) throw new LayerError(`an extended header's ${keyword} is not a number`);
  return result;
}

/** The farthest second from 1970 that Go's time, and so Docker, counts in nanoseconds of 64 bits. */
const MAX_SECONDS = 9_223_372_036;

/** A time within what inodes and programs can hold: one beyond it is the nearest that is not. */
export function clampSeconds(seconds: number): number {
  return Math.min(Math.max(seconds, -MAX_SECONDS), MAX_SECONDS);
}

/**
 * A time of a record: seconds, with a fraction of which nanoseconds are kept, or with an exponent as some
 * programs print a float. Clamped as {@linkcode clampSeconds} says.
 *
 * @throws {LayerError} when it is none
 */
export function paxTime(value: string, keyword: string): { seconds: number; nanoseconds: number } {
  const [, sign, whole, fraction = "", exponent] =
    /^([-+]?)([0-9]{1,400})(?:\.([0-9]*))?(e[-+]?[0-9]{1,4})?$/i.exec(value) ?? [];
  if (whole === undefined) throw new LayerError(`an extended header's ${keyword} is not a time`);
  if (exponent !== undefined || Number(whole) >= MAX_SECONDS) {
    const seconds = clampSeconds(Number(value));
    return { seconds: Math.floor(seconds), nanoseconds: Math.floor((seconds - Math.floor(seconds)) * 1e9) };
  }
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, "0"));
  if (sign !== "-") return { seconds: Number(whole), nanoseconds };
  // Nanoseconds count forward even before 1970.
  return nanoseconds === 0
    ? { seconds: 0 - Number(whole), nanoseconds: 0 }
    : { seconds: -Number(whole) - 1, nanoseconds: 1e9 - nanoseconds };
}
