/**
 * Reads a tar archive that is pushed into it piece by piece, without waiting in between: entries and their
 * content come out as they are seen. Leaves the meaning of entries to the receiver.
 *
 * @module
 */
import { bytesToByteString } from "../../erofs/tree.ts";
import { LayerError, quoteName } from "../model/layer_error.ts";
import { MAX_PAX_BYTES, parsePax, type PaxRecords } from "./pax.ts";
import { type ContentSink, type DataSink, MAX_STRETCHES, pairUp, type Stretch } from "./sparse.ts";
import { type Extensions, resolveEntry, type TarEntry } from "./tar_entry.ts";
import { isZeroBlock, parseHeader, sparseNumber, TAR_BLOCK, type TarHeader } from "./tar_header.ts";

/** Is told of each entry; answers where a file's content goes, or nothing to pass over it. */
export type EntryReceiver = (entry: TarEntry) => ContentSink | undefined;

type State = "header" | "extension" | "sparse" | "data" | "padding" | "ended";

/** Most bytes of all global extended headers together; `git archive` writes one of 60. */
const MAX_GLOBAL_BYTES = 64 * 1024;

/** Keywords that name one file, and make no sense for all that follow. */
const PERSONAL = ["path", "linkpath", "size"];
const NO_RECORDS: PaxRecords = { values: new Map(), sparseMap: [] };

/** A reader of one archive. */
export class TarReader {
  readonly #receive: EntryReceiver;
  #state: State = "header";
  /** Bytes left of the data or padding under way. */
  #left = 0;
  #paddingAfter = 0;
  readonly #block = new Uint8Array(TAR_BLOCK);
  #blockFilled = 0;
  #zeroBlocks = 0;
  #sink: DataSink | undefined;
  #extension: { header: TarHeader; bytes: Uint8Array; filled: number } | undefined;
  #sparse: { header: TarHeader; map: Stretch[]; realSize: number } | undefined;
  #global: ReadonlyMap<string, string> = new Map();
  #pending: { pax?: PaxRecords; longPath?: string; longLink?: string } = {};

  constructor(receive: EntryReceiver) {
    this.#receive = receive;
  }

  /**
   * Takes the next bytes of the archive.
   *
   * @throws {LayerError} when they are no archive, and what the receiver throws
   */
  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.byteLength && this.#state !== "ended";) {
      if (this.#state === "header" || this.#state === "sparse") at += this.#fillBlock(chunk, at);
      else at += this.#advance(chunk, at);
    }
  }

  /**
   * Ends the archive.
   *
   * @throws {LayerError} when it ends within an entry
   */
  end(): void {
    const between = this.#state === "header" && this.#blockFilled === 0 && this.#pending.pax === undefined;
    // Some writers leave out the closing blocks, and that is no loss.
    if (this.#state !== "ended" && !between) throw new LayerError("the archive ends within an entry");
  }

  #fillBlock(chunk: Uint8Array, at: number): number {
    if (this.#blockFilled === 0 && chunk.byteLength - at >= TAR_BLOCK) {
      this.#takeBlock(chunk.subarray(at, at + TAR_BLOCK));
      return TAR_BLOCK;
    }
    const count = Math.min(chunk.byteLength - at, TAR_BLOCK - this.#blockFilled);
    this.#block.set(chunk.subarray(at, at + count), this.#blockFilled);
    this.#blockFilled += count;
    if (this.#blockFilled === TAR_BLOCK) {
      this.#blockFilled = 0;
      this.#takeBlock(this.#block);
    }
    return count;
  }

  #takeBlock(block: Uint8Array): void {
    if (this.#state === "sparse") return this.#takeSparseBlock(block);
    if (isZeroBlock(block)) {
      if (++this.#zeroBlocks === 2) this.#state = "ended";
      return;
    }
    if (this.#zeroBlocks > 0) throw new LayerError("the archive goes on after its end");
    const header = parseHeader(block);
    if ("xgLK".includes(header.type)) this.#beginExtension(header);
    else if (header.type === "S") this.#beginSparse(header, block);
    else this.#beginEntry(header, undefined);
  }

  #advance(chunk: Uint8Array, at: number): number {
    const count = Math.min(chunk.byteLength - at, this.#left);
    const piece = chunk.subarray(at, at + count);
    if (this.#state === "data") this.#sink?.append(piece);
    else if (this.#extension && this.#state === "extension") {
      this.#extension.bytes.set(piece, this.#extension.filled);
      this.#extension.filled += count;
    }
    this.#left -= count;
    if (this.#left === 0) this.#finishStretch();
    return count;
  }

  /** Data, an extension or padding is complete. */
  #finishStretch(): void {
    if (this.#state === "data") {
      this.#sink?.end();
      this.#sink = undefined;
    } else if (this.#state === "extension") this.#endExtension();
    const padding = this.#state === "padding" ? 0 : this.#paddingAfter;
    this.#left = padding;
    this.#state = padding > 0 ? "padding" : "header";
  }

  #beginStretch(state: "data" | "extension", bytes: number): void {
    this.#state = state;
    this.#left = bytes;
    this.#paddingAfter = (TAR_BLOCK - bytes % TAR_BLOCK) % TAR_BLOCK;
    if (bytes === 0) this.#finishStretch();
  }

  #beginExtension(header: TarHeader): void {
    if (header.size > MAX_PAX_BYTES) {
      throw new LayerError(`an extended header has ${header.size} bytes, at most ${MAX_PAX_BYTES} are taken`);
    }
    this.#extension = { header, bytes: new Uint8Array(header.size), filled: 0 };
    this.#beginStretch("extension", header.size);
  }

  #endExtension(): void {
    const { header, bytes } = this.#extension ?? {};
    this.#extension = undefined;
    if (!header || !bytes) return;
    if (header.type === "x") this.#pending.pax = readPax(header, bytes);
    else if (header.type === "g") this.#addGlobal(readPax(header, bytes));
    else if (header.type === "L") this.#pending.longPath = untilNul(bytes);
    else this.#pending.longLink = untilNul(bytes);
  }

  #addGlobal({ values }: PaxRecords): void {
    this.#global = new Map([
      ...this.#global,
      ...[...values].filter(([keyword]) => !PERSONAL.includes(keyword)),
    ]);
    // Every entry of the archive is read with all global records, so their size is bounded.
    const bytes = [...this.#global].reduce((sum, [keyword, value]) => sum + keyword.length + value.length, 0);
    if (bytes > MAX_GLOBAL_BYTES) {
      throw new LayerError(`global headers have ${bytes} bytes, at most ${MAX_GLOBAL_BYTES} are taken`);
    }
  }

  /** Old GNU sparse: four stretches in the header, more in blocks of 21 after it, while a flag says so. */
  #beginSparse(header: TarHeader, block: Uint8Array): void {
    if (!header.gnu) throw new LayerError("a sparse file's header is not GNU's");
    this.#sparse = { header, map: [], realSize: sparseNumber(block, 483) };
    this.#addStretches(block, 386, 4);
    if (block[482] === 0) this.#endSparse();
    else this.#state = "sparse";
  }

  #takeSparseBlock(block: Uint8Array): void {
    this.#addStretches(block, 0, 21);
    if (block[504] === 0) this.#endSparse();
  }

  #addStretches(block: Uint8Array, offset: number, count: number): void {
    const map = this.#sparse?.map ?? [];
    const numbers = Array.from({ length: 2 * count }, (_, at) => sparseNumber(block, offset + 12 * at));
    map.push(...pairUp(numbers).filter(({ offset, length }) => length > 0 || offset > 0));
    if (map.length > MAX_STRETCHES) throw new LayerError("a sparse file's map is too long");
  }

  #endSparse(): void {
    const sparse = this.#sparse;
    this.#sparse = undefined;
    if (sparse) this.#beginEntry(sparse.header, sparse);
  }

  #beginEntry(header: TarHeader, gnuSparse: Extensions["gnuSparse"]): void {
    const { pax = NO_RECORDS, ...names } = this.#pending;
    this.#pending = {};
    const values = this.#global.size === 0 ? pax.values : new Map([...this.#global, ...pax.values]);
    const resolved = resolveEntry(header, {
      pax: { values, sparseMap: pax.sparseMap },
      ...names,
      ...(gnuSparse && { gnuSparse }),
    });
    const sink = resolved && this.#receive(resolved.entry);
    this.#sink = sink && resolved.expand(sink);
    this.#beginStretch("data", resolved?.dataBytes ?? header.size);
  }
}

/** Most writers name an extended header after the entry that it belongs to. */
function readPax(header: TarHeader, bytes: Uint8Array): PaxRecords {
  try {
    return parsePax(bytes);
  } catch (cause) {
    if (!(cause instanceof LayerError)) throw cause;
    throw new LayerError(`${cause.message}: ${quoteName(header.path)}`, { cause });
  }
}

function untilNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return bytesToByteString(end < 0 ? bytes : bytes.subarray(0, end));
}
