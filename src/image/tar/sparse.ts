/**
 * Sparse files in tar archives: maps of where data lies (old GNU, pax 0.0, 0.1, 1.0), and the sink that
 * puts the zeros back between. Pure.
 *
 * @module
 */
import { LayerError } from "../model/layer_error.ts";
import { TAR_BLOCK } from "./tar_header.ts";

/** Takes the data of a file, as an archive has it. */
export interface DataSink {
  append(bytes: Uint8Array): void;
  end(): void;
}

/** Takes the content of a file. */
export interface ContentSink extends DataSink {
  /** Adds so many zeros. */
  skip(count: number): void;
}

/** A stretch of data: where in the file, and how long. */
export interface Stretch {
  readonly offset: number;
  readonly length: number;
}

/** Most stretches of a file. */
export const MAX_STRETCHES = 100_000;
/** Most bytes of a map in the data (pax 1.0). */
const MAX_MAP_BYTES = 4 * 1024 * 1024;

/**
 * Judges a map.
 *
 * @param dataBytes bytes of data in the archive
 * @param realSize bytes of the file
 * @throws {LayerError} when stretches overlap, leave the file, or do not add up to the data
 */
export function checkMap(map: readonly Stretch[], dataBytes: number, realSize: number): void {
  let end = 0;
  let sum = 0;
  for (const { offset, length } of map) {
    if (offset < end || length < 0) throw new LayerError("a sparse file's map is not in order");
    end = offset + length;
    sum += length;
  }
  if (end > realSize) throw new LayerError("a sparse file's map leaves the file");
  if (sum !== dataBytes) throw new LayerError("a sparse file's map and its data differ in size");
}

/** Pairs of numbers as a map. @throws {LayerError} when they are no pairs, or too many */
export function pairUp(numbers: readonly number[]): Stretch[] {
  if (numbers.length % 2 !== 0) throw new LayerError("a sparse file's map is cut off");
  if (numbers.length / 2 > MAX_STRETCHES) throw new LayerError("a sparse file's map is too long");
  return Array.from({ length: numbers.length / 2 }, (_, at) => ({
    offset: numbers[2 * at] ?? 0,
    length: numbers[2 * at + 1] ?? 0,
  }));
}

/** A sink that is given the data alone, and writes zeros where the map has none. */
export function expandSparse(sink: ContentSink, map: readonly Stretch[], realSize: number): DataSink {
  let position = 0;
  let current = 0;
  const fillTo = (offset: number) => {
    if (position < offset) sink.skip(offset - position);
    position = Math.max(position, offset);
  };
  return {
    append(bytes) {
      for (let at = 0; at < bytes.byteLength;) {
        const stretch = map[current];
        if (!stretch) throw new LayerError("a sparse file has more data than its map says");
        const end = stretch.offset + stretch.length;
        if (position >= end) {
          current++;
          continue;
        }
        fillTo(stretch.offset);
        const count = Math.min(bytes.byteLength - at, end - position);
        sink.append(bytes.subarray(at, at + count));
        position += count;
        at += count;
      }
    },
    end() {
      fillTo(realSize);
      sink.end();
    },
  };
}

/**
 * A sink for pax sparse format 1.0, whose data begins with the map: decimal numbers, each with a newline,
 * padded to a block.
 *
 * @param dataBytes bytes in the archive, map included
 */
export function expandSparse1(sink: ContentSink, dataBytes: number, realSize: number): DataSink {
  let head: Uint8Array = new Uint8Array();
  let inner: DataSink | undefined;
  return {
    append(bytes) {
      if (inner) return inner.append(bytes);
      const joined = new Uint8Array(head.byteLength + bytes.byteLength);
      joined.set(head);
      joined.set(bytes, head.byteLength);
      head = joined;
      const parsed = parseMap(head);
      if (!parsed) {
        if (head.byteLength > MAX_MAP_BYTES) throw new LayerError("a sparse file's map is too long");
        return;
      }
      checkMap(parsed.map, dataBytes - parsed.bytes, realSize);
      inner = expandSparse(sink, parsed.map, realSize);
      inner.append(head.subarray(parsed.bytes));
      head = new Uint8Array();
    },
    end() {
      if (!inner) throw new LayerError("a sparse file's map is cut off");
      inner.end();
    },
  };
}

/** The map at the start of some data; `undefined` while more of it must come. */
function parseMap(data: Uint8Array): { map: Stretch[]; bytes: number } | undefined {
  const numbers: number[] = [];
  let wanted = 1;
  let at = 0;
  while (numbers.length < wanted) {
    const newline = data.indexOf(0x0a, at);
    if (newline < 0) return undefined;
    const digits = String.fromCharCode(...data.subarray(at, Math.min(newline, at + 20)));
    if (!/^[0-9]{1,16}$/.test(digits)) throw new LayerError("a sparse file's map is not made of numbers");
    numbers.push(Number(digits));
    at = newline + 1;
    if (numbers.length > 1) continue;
    wanted += 2 * Number(digits);
    if (Number(digits) > MAX_STRETCHES) throw new LayerError("a sparse file's map is too long");
  }
  const bytes = Math.ceil(at / TAR_BLOCK) * TAR_BLOCK;
  return bytes <= data.byteLength ? { map: pairUp(numbers.slice(1)), bytes } : undefined;
}
