/**
 * Files as streams that read only when asked: memory stays flat however slow the reader is.
 *
 * @module
 */

/** Bytes of one read. */
export const CHUNK_BYTES = 256 * 1024;

/** What bytes are read from. */
export interface ByteSource extends Disposable {
  /** Reads at least one byte; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
}

/** The stream of a file's bytes; the file is opened by the first read, and closed at the end. */
export function fileStream(path: string): ReadableStream<Uint8Array> {
  return byteStream(() => Deno.open(path));
}

/**
 * The stream of a source's bytes; the source is opened by the first read, and disposed at the end.
 *
 * @param chunkBytes most bytes of one read
 */
export function byteStream(
  open: () => Promise<ByteSource>,
  chunkBytes = CHUNK_BYTES,
): ReadableStream<Uint8Array> {
  let source: ByteSource | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      source ??= await open();
      const buffer = new Uint8Array(chunkBytes);
      const count = await source.read(buffer);
      if (count !== null) return controller.enqueue(buffer.subarray(0, count));
      source[Symbol.dispose]();
      controller.close();
    },
    cancel: () => source?.[Symbol.dispose](),
  }, { highWaterMark: 0 });
}
