/**
 * One 512-byte header of a tar archive: POSIX ustar (IEEE Std 1003.1, pax), GNU, star and old V7. Pure.
 *
 * @module
 */
import { bytesToByteString } from "../../erofs/tree.ts";
import { LayerError } from "../model/layer_error.ts";
import { clampSeconds } from "./pax.ts";

/** Bytes of a header, and what everything in an archive is padded to. */
export const TAR_BLOCK = 512;

/** A header as it stands, before extended headers change it. Names are byte strings. */
export interface TarHeader {
  /** Type flag; NUL in the oldest archives. */
  readonly type: string;
  readonly path: string;
  readonly linkTarget: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of data after it. */
  readonly size: number;
  readonly mtime: number;
  readonly major: number;
  readonly minor: number;
  /** Whether GNU's fields lie where POSIX has the prefix. */
  readonly gnu: boolean;
}

/** Whether a block is all zeros: two of them end an archive. */
export function isZeroBlock(block: Uint8Array): boolean {
  for (let at = 0; at < TAR_BLOCK; at++) if (block[at] !== 0) return false;
  return true;
}

/**
 * Reads a header.
 *
 * @param block 512 bytes
 * @throws {LayerError} when its checksum or a number in it is wrong
 */
export function parseHeader(block: Uint8Array): TarHeader {
  checkSum(block);
  const magic = bytesToByteString(block.subarray(257, 265));
  const gnu = magic === "ustar  \0";
  const posix = magic.startsWith("ustar\0");
  // star's archives end the block with "tar\0" and have a shorter prefix before two times.
  const star = posix && bytesToByteString(block.subarray(508, 512)) === "tar\0";
  const prefix = posix ? text(block, 345, star ? 131 : 155) : "";
  const name = text(block, 0, 100);
  const type = String.fromCharCode(block[156] ?? 0);
  const device = (gnu || posix) && (type === "3" || type === "4");
  return {
    type,
    path: prefix === "" ? name : `${prefix}/${name}`,
    linkTarget: text(block, 157, 100),
    mode: number(block, 100, 8, "mode") & 0o7777,
    uid: number(block, 108, 8, "uid"),
    gid: number(block, 116, 8, "gid"),
    size: natural(block, 124, 12, "size"),
    mtime: clampSeconds(number(block, 136, 12, "mtime", true)),
    major: device ? natural(block, 329, 8, "devmajor") : 0,
    minor: device ? natural(block, 337, 8, "devminor") : 0,
    gnu,
  };
}

/** A number of GNU's sparse maps, at an offset. */
export function sparseNumber(block: Uint8Array, offset: number): number {
  return natural(block, offset, 12, "sparse map");
}

function text(block: Uint8Array, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return bytesToByteString(end < 0 ? field : field.subarray(0, end));
}

function natural(block: Uint8Array, offset: number, length: number, name: string): number {
  const value = number(block, offset, length, name);
  if (value < 0) throw new LayerError(`a header's ${name} is negative`);
  return value;
}

/**
 * Octal digits between spaces and NULs, or GNU's base-256: two's complement with the first bit set.
 *
 * @param inexact takes a number beyond 2^53 for about what it is
 */
function number(block: Uint8Array, offset: number, length: number, name: string, inexact = false): number {
  if ((block[offset] ?? 0) & 0x80) return base256(block.subarray(offset, offset + length), name, inexact);
  const digits = text(block, offset, length).trim();
  if (digits === "") return 0;
  if (!/^[0-7]+$/.test(digits)) throw new LayerError(`a header's ${name} is not a number`);
  return Number.parseInt(digits, 8);
}

function base256(field: Uint8Array, name: string, inexact: boolean): number {
  const negative = ((field[0] ?? 0) & 0x40) !== 0;
  let value = 0n;
  for (const [at, byte] of field.entries()) {
    // The first bit marks the encoding and is no part of the number.
    const bits = at > 0 ? byte : negative ? byte : byte & 0x7f;
    value = value << 8n | BigInt(bits);
  }
  const result = Number(negative ? value - (1n << BigInt(8 * field.byteLength)) : value);
  if (!inexact && !Number.isSafeInteger(result)) throw new LayerError(`a header's ${name} is out of range`);
  return result;
}

/** The sum of all bytes, the sum's own field taken as spaces; some old programs summed signed bytes. */
function checkSum(block: Uint8Array): void {
  let unsigned = 0;
  let negative = 0;
  for (let at = 0; at < TAR_BLOCK; at++) {
    const byte = at >= 148 && at < 156 ? 0x20 : block[at] ?? 0;
    unsigned += byte;
    negative += byte & 0x80;
  }
  const stated = number(block, 148, 8, "checksum");
  if (stated !== unsigned && stated !== unsigned - 2 * negative) {
    throw new LayerError("a header's checksum is wrong");
  }
}
