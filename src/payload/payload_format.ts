/**
 * The payload's form inside a file: where it starts, its index, and how the index is judged. Reads and
 * writes no files.
 *
 * A payload is MAGIC, the index's length as u32 big-endian, the index as JSON, then the parts, each one a
 * zstd frame. In a Linux binary it begins where the runtime's ELF ends, since `deno compile` appends the
 * program behind whatever runtime it is given. In a macOS binary it is a section of its own, so that the binary's
 * signature covers it: bytes behind the signature are an error there. As a file of its own it begins at 0.
 *
 * @module
 */
import * as v from "valibot";
import { elfEnd } from "./elf.ts";
import { segmentsOf } from "./macho.ts";

/** First bytes of a payload: format 1. */
export const MAGIC = "smolvm-payload-1";

/** Bytes of a file's beginning that {@linkcode payloadStart} looks at: a Mach-O's load commands are some 3 KiB. */
export const FILE_HEADER_BYTES = 16_384;

/** Segment and section of a Mach-O that hold the payload. */
export const MACHO_PLACE = { segment: "__SMOLVM", section: "__payload" } as const;

/** Bytes in front of the index. */
export const PREFIX_BYTES = MAGIC.length + 4;

/** Longest index that is read. */
export const INDEX_LIMIT = 64 * 1024;

const partSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)),
  /** Lower-case hex of the unpacked bytes. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Unpacked bytes. */
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** First byte of the zstd frame, counted from the end of the index. */
  offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Bytes of the zstd frame. */
  storedSize: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Whether it is a program. */
  executable: v.optional(v.boolean()),
});

const indexSchema = v.object({
  manifest: v.object({
    smolvm: v.string(),
    kernel: v.string(),
    libkrun: v.string(),
    alpine: v.string(),
    /** What the parts are for (src/target.ts); absent in payloads of 0.1.0: x86_64-linux. */
    target: v.optional(v.string()),
    /** The public key of releases, as minisign has it; absent in a binary that was built for oneself. */
    key: v.optional(v.string()),
  }),
  parts: v.array(partSchema),
});

/** Where one part lies and what it must be. */
export type PayloadPart = v.InferOutput<typeof partSchema>;

/** Everything a payload says of itself. */
export type PayloadIndex = v.InferOutput<typeof indexSchema>;

/** A payload found in a file. */
export interface LocatedPayload {
  readonly file: string;
  /** Byte offset of the first part in the file. */
  readonly partsStart: number;
  readonly index: PayloadIndex;
}

/**
 * Where a payload begins in a file, or would begin.
 *
 * @param header the file's first {@linkcode FILE_HEADER_BYTES}
 * @returns a byte offset, or `undefined` when the file is neither a payload nor a program that could carry one: a 64-bit
 * little-endian ELF, or a Mach-O with the section
 */
export function payloadStart(header: Uint8Array): number | undefined {
  if (startsWith(header, MAGIC)) return 0;
  return quietly(() => elfEnd(header)) ?? quietly(() => machoPlace(header));
}

function machoPlace(header: Uint8Array): number | undefined {
  const segment = segmentsOf(header).find(({ name }) => name === MACHO_PLACE.segment);
  return segment?.sections.find(({ name }) => name === MACHO_PLACE.section)?.offset;
}

/** An offset that can be used; `undefined` where there is none, or the file is not of that form. */
function quietly(find: () => number | undefined): number | undefined {
  try {
    const found = find();
    return Number.isSafeInteger(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Length of the index that follows a payload's first bytes.
 *
 * @param prefix {@linkcode PREFIX_BYTES} from where the payload should begin
 * @returns bytes, or `undefined` when no payload of this format begins there
 */
export function indexLength(prefix: Uint8Array): number | undefined {
  if (prefix.length < PREFIX_BYTES || !startsWith(prefix, MAGIC)) return undefined;
  const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(MAGIC.length);
  return length <= INDEX_LIMIT ? length : undefined;
}

/**
 * Judges an index.
 *
 * @param bytes as many as {@linkcode indexLength} said
 * @throws {Error} when it is not JSON or not of the schema
 */
export function decodeIndex(bytes: Uint8Array): PayloadIndex {
  const index: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  return v.parse(indexSchema, index);
}

/** The bytes in front of a payload's parts: magic, length and index. */
export function encodeHead(index: PayloadIndex): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(index));
  const head = new Uint8Array(PREFIX_BYTES + json.length);
  head.set(new TextEncoder().encode(MAGIC));
  new DataView(head.buffer).setUint32(MAGIC.length, json.length);
  head.set(json, PREFIX_BYTES);
  return head;
}

function startsWith(bytes: Uint8Array, ascii: string): boolean {
  for (let index = 0; index < ascii.length; index++) {
    if (bytes[index] !== ascii.charCodeAt(index)) return false;
  }
  return true;
}
