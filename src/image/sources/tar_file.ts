/**
 * A tar archive as named files. Compressed ones, stdin and pipes of any name are unpacked into a file first, because the
 * list of what is in an archive often comes last.
 *
 * @module
 */
import { mkdirSync, rmSync, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { IntakeOptions } from "../model/candidate.ts";
import { byteStream, fileStream } from "../../files/byte_stream.ts";
import { standardInput } from "../../files/standard_input.ts";
import { decompress } from "../compression/decompress.ts";
import { InflateThread } from "../compression/inflate_thread.ts";
import { LayerError } from "../model/layer_error.ts";
import { DEFAULT_LIMITS } from "../model/limits.ts";
import { isZeroBlock, parseHeader, TAR_BLOCK } from "../tar/tar_header.ts";
import { type BlobTree, checkSize, missing } from "./blob_tree.ts";
import { clean, indexTar, type ReadAt } from "./tar_index.ts";

/**
 * Opens an archive.
 *
 * @param path a file, a pipe, or `-` for stdin
 * @param options `cache` takes what has to be unpacked; nothing stays there
 * @throws {LayerError} when it is no archive
 */
export async function openTarFile(
  path: string,
  options: IntakeOptions & { cache: string },
): Promise<BlobTree> {
  const isFile = path !== "-" && (await stat(path)).isFile();
  const file = isFile ? await open(path, "r") : undefined;
  let archive: FileHandle | undefined = file;
  try {
    if (!file || !await isPlainTar(file)) {
      // What is no regular file has no positions to read at: a FIFO, a shell's <(…), a device.
      const stream = () => path === "-" ? standardInput() : fileStream(path);
      const source = file ? readFrom(file, 0, Infinity) : stream();
      archive = await unpack(source, options);
      if (!await isPlainTar(archive)) throw new LayerError(await whatElse(archive));
      await file?.close();
    }
    if (!archive) throw new TypeError("Cannot read the archive: it was not opened");
    return await treeOf(archive);
  } catch (error) {
    await file?.close().catch(() => {});
    if (archive !== file) await archive?.close();
    throw error;
  }
}

async function treeOf(file: FileHandle): Promise<BlobTree> {
  const status: Stats = await file.stat();
  const members = await indexTar(readAtOf(file), status.size);
  const locate = (name: string) => members.get(clean(name)) ?? missing(name);
  return {
    kind: "tar",
    has: (name) => members.has(clean(name)),
    size: (name) => locate(name).size,
    open(name) {
      const { offset, size } = locate(name);
      return readFrom(file, offset, size);
    },
    async read(name, limit) {
      const { offset, size } = locate(name);
      checkSize(name, size, limit);
      return await readAtOf(file)(offset, size);
    },
    whole: () => readFrom(file, 0, status.size),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** A header where an archive begins; an empty archive is one as well. */
async function isPlainTar(file: FileHandle): Promise<boolean> {
  const block = await readAtOf(file)(0, TAR_BLOCK);
  if (block.byteLength < TAR_BLOCK) return false;
  if (isZeroBlock(block)) return true;
  try {
    parseHeader(block);
    return true;
  } catch (error) {
    if (error instanceof LayerError) return false;
    throw error;
  }
}

/** Why a file is no archive. */
async function whatElse(file: FileHandle): Promise<string> {
  const head = String.fromCharCode(...await readAtOf(file)(0, 6));
  const format = head === "\xfd7zXZ\0" ? "xz" : head.startsWith("BZh") ? "bzip2" : undefined;
  if (format) return `it is compressed with ${format}, which smolvm does not read; decompress it first`;
  return "it is no image: neither a tar archive, nor one compressed with gzip or zstd";
}

function readAtOf(file: FileHandle): ReadAt {
  return async (position, length) => {
    const buffer = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  };
}

/** A stretch of a file; several may be read at once. */
function readFrom(file: FileHandle, offset: number, size: number): ReadableStream<Uint8Array> {
  let position = 0;
  return byteStream(() =>
    Promise.resolve({
      async read(into) {
        const length = Math.min(into.byteLength, size - position);
        if (length === 0) return null;
        const { bytesRead } = await file.read(into, 0, length, offset + position);
        position += bytesRead;
        return bytesRead || null;
      },
      [Symbol.dispose]() {},
    })
  );
}

/** Writes a stream, uncompressed, to a file that has no name any more, so no crash can leave it behind. */
async function unpack(
  source: ReadableStream<Uint8Array>,
  options: IntakeOptions & { cache: string },
): Promise<FileHandle> {
  mkdirSync(options.cache, { recursive: true, mode: 0o700 });
  const path = join(options.cache, `load-${randomUUID()}.tar`);
  const file = await open(path, "wx+", 0o600);
  rmSync(path);
  using thread = new InflateThread();
  try {
    let bytes = 0;
    for await (const chunk of decompress(source, { thread })) {
      options.signal?.throwIfAborted();
      bytes += chunk.byteLength;
      if (bytes > DEFAULT_LIMITS.unpackedBytes) {
        throw new LayerError(`it unpacks to more than ${DEFAULT_LIMITS.unpackedBytes} bytes`);
      }
      await writeAll(file, chunk);
      options.onProgress?.({ step: "read", done: bytes });
    }
    if (bytes < TAR_BLOCK) throw new LayerError("it is empty");
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength;) at += (await file.write(chunk, at)).bytesWritten;
}
