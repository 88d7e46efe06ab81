/**
 * Decompression of layers and archives: gzip, zstd or none, told apart by their first bytes.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { type Expected, verified } from "../model/digest.ts";
import type { InflateThread } from "./inflate_thread.ts";
import { LayerError } from "../model/layer_error.ts";

/** Large pieces: each costs a turn of the event loop. */
const OPTIONS = { chunkSize: 1024 * 1024, highWaterMark: 1024 * 1024 };

/** Below so many compressed bytes, starting a thread takes longer than inflating. */
const WORTH_A_THREAD = 1024 * 1024;

type Chunks = AsyncIterator<Uint8Array, unknown, undefined>;
type Decoder = ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>;

/** How a stream is decompressed. */
export interface DecompressOptions {
  /** Inflates what is long. */
  readonly thread?: InflateThread;
  /** What the stream has to be, compressed as it comes. */
  readonly expected?: Expected | undefined;
}

/**
 * The uncompressed bytes of a stream.
 *
 * @yields pieces that are valid until the next one is asked for
 * @throws {LayerError} when the stream is corrupt or, where its format can tell, truncated
 * @throws {SmolvmError} kind `image` when it is not what was expected
 */
export async function* decompress(
  stream: ReadableStream<Uint8Array>,
  { thread, expected }: DecompressOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const source = stream[Symbol.asyncIterator]();
  try {
    const head = await readHead(source, 4);
    if (thread && isGzip(head)) {
      const more = await readHead(source, WORTH_A_THREAD, head);
      if (more.byteLength >= WORTH_A_THREAD) yield* thread.inflate(joined(more, source), expected);
      else yield* decodeHere(more, source, expected);
    } else yield* decodeHere(head, source, expected);
  } finally {
    await source.return?.();
  }
}

/** Decompresses in this thread. */
async function* decodeHere(
  head: Uint8Array,
  rest: Chunks,
  expected: Expected | undefined,
): AsyncGenerator<Uint8Array, void> {
  const whole = joined(head, rest);
  const source = expected ? verified(whole, expected) : whole;
  const format = isGzip(head) ? "gzip" : isZstd(head) ? "zstd" : undefined;
  if (format) yield* decode(format, source, (await source.next()).value ?? head);
  else yield* source;
  // What follows the end of the compressed data is no part of it, but of the blob.
  while (!(await source.next()).done);
}

async function* joined(head: Uint8Array, source: Chunks): AsyncGenerator<Uint8Array, void> {
  yield head;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

/** RFC 1952 section 2.3.1: ID1, ID2, CM = deflate. */
function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/** RFC 8878 sections 3.1.1 and 3.1.2: Magic_Number of a frame, or of a skippable one. */
function isZstd(head: Uint8Array): boolean {
  if (head.byteLength < 4) return false;
  const magic = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5;
}

/** At least so many bytes, unless the stream is shorter; `first` are those read before. */
async function readHead(
  source: Chunks,
  bytes: number,
  first: Uint8Array = new Uint8Array(),
): Promise<Uint8Array> {
  const pieces = [first];
  for (let length = first.byteLength; length < bytes;) {
    const next = await source.next();
    if (next.done) break;
    pieces.push(next.value);
    length += next.value.byteLength;
  }
  return Buffer.concat(pieces);
}

/**
 * Decodes. A stream may be several gzip members or zstd frames one after the other (eStargz, zstd:chunked):
 * zlib goes on by itself, the zstd decoder stops after each frame and needs a successor.
 */
async function* decode(
  format: "gzip" | "zstd",
  source: Chunks,
  head: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  for (let rest: Uint8Array | undefined = head; rest !== undefined;) {
    const decoder: Decoder = format === "gzip" ? createGunzip(OPTIONS) : createZstdDecompress(OPTIONS);
    let sourceError: unknown;
    // A failure of the source reaches the reader by way of the decoder.
    const feeding: Promise<Uint8Array | undefined> = feed(decoder, rest, source, format === "zstd")
      .catch((error) => {
        sourceError = error;
        decoder.destroy(error as Error);
        return undefined;
      });
    try {
      for await (const chunk of decoder) yield chunk as Uint8Array;
    } catch (cause) {
      if (sourceError !== undefined) throw sourceError;
      const words = (cause as Error).message;
      throw new LayerError(`its ${format} data is corrupt or truncated (${words})`, { cause });
    } finally {
      if (!decoder.readableEnded) decoder.destroy();
    }
    rest = await feeding;
  }
}

/** Feeds a decoder until the source or the frame ends. @returns what is left after the frame */
async function feed(
  decoder: Decoder,
  head: Uint8Array,
  source: Chunks,
  byFrame: boolean,
): Promise<Uint8Array | undefined> {
  let fed = 0;
  for (let chunk: Uint8Array | undefined = head; chunk !== undefined;) {
    fed += chunk.byteLength;
    if (byFrame) {
      await written(decoder, chunk);
      // At the end of a frame the decoder ends by itself, and takes no more.
      const left = fed - decoder.bytesWritten;
      if (left > 0 && !hasFailed(decoder)) {
        if (left === fed) throw new LayerError("its zstd data is corrupt");
        decoder.end();
        return chunk.subarray(chunk.byteLength - left);
      }
    } else if (!decoder.write(chunk)) await writable(decoder);
    if (decoder.destroyed) return undefined;
    const next = await source.next();
    chunk = next.done ? undefined : next.value;
  }
  decoder.end();
  return undefined;
}

/** Reading to the end of a frame closes the decoder with an error of that name, which is none. */
function hasFailed({ errored }: Decoder): boolean {
  return errored !== null && !("code" in errored && errored.code === "ABORT_ERR");
}

/** Waits until a chunk has been decoded; a destroyed decoder never says so, but it closes. */
async function written(decoder: Decoder, chunk: Uint8Array): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const close = () => resolve();
  decoder.once("close", close);
  decoder.write(chunk, close);
  await promise;
  decoder.off("close", close);
}

/** Waits until a decoder takes more, or is destroyed. */
async function writable(decoder: Decoder): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  await Promise.any([once(decoder, "drain", { signal }), once(decoder, "close", { signal })]).catch(() => {});
  stop.abort();
}
