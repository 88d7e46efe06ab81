/**
 * Writes small payloads for tests, in the form that the build writes.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import { targetName, thisTarget } from "../../src/target.ts";
import { encodeHead, type PayloadPart } from "../../src/payload/payload_format.ts";

/** The manifest of every payload made here. */
export const TEST_MANIFEST = {
  smolvm: "1.2.3",
  kernel: "6.12",
  libkrun: "1.17",
  alpine: "3.23",
  target: targetName(thisTarget),
};

/** A part of a made payload; `lie` changes what the index says of it. */
export interface MadePart {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly lie?: Partial<PayloadPart>;
}

/**
 * Writes a payload.
 *
 * @param path the file, replaced when there is one
 * @param before bytes in front of it: the program that carries it
 */
export function writePayload(path: string, parts: readonly MadePart[], before = new Uint8Array()): void {
  let offset = 0;
  const stored = parts.map((part) => zstdCompressSync(part.bytes));
  const entries = parts.map(({ name, bytes, lie }, index) => {
    const storedSize = stored[index]?.length ?? 0;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const entry = { name, sha256, size: bytes.length, offset, storedSize, ...lie };
    offset += storedSize;
    return entry;
  });
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  for (const piece of [before, encodeHead({ manifest: TEST_MANIFEST, parts: entries }), ...stored]) {
    for (let at = 0; at < piece.length;) at += file.writeSync(piece.subarray(at));
  }
}

/** A 64-bit ELF header whose section headers end at `end`. */
export function elfHeader(end: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const view = new DataView(header.buffer);
  view.setBigUint64(40, BigInt(end - 2 * 64), true); // e_shoff
  view.setUint16(58, 64, true); // e_shentsize
  view.setUint16(60, 2, true); // e_shnum
  return header;
}
