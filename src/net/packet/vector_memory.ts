/**
 * Memory whose internet checksum is summed 64 bytes at a time by WebAssembly's vectors: 1.5 us for 64 KiB where
 * JavaScript takes 12, which was a fifth of what the gateway does to send a guest much. The function is written here
 * instruction by instruction, because it is this one and has no tool chain of its own. Pure.
 *
 * @module
 */
import { type Memory, newMemory } from "./checksum.ts";

/** Bytes of a page of WebAssembly's memory. */
const PAGE_BYTES = 65_536;

/** Bytes that one round of the loop sums. */
export const VECTOR_BLOCK = 64;

/** Opcodes of WebAssembly's core specification 2.0, section 5.4. */
const Op = { loop: [0x03, 0x40], branchIf: [0x0d, 0], end: 0x0b, add: 0x6a, below: 0x49, constant: 0x41 };

/** Of vectors: behind a prefix. */
const Vector = { load: 0, extractLane: 27, addPairwise: 127, add: 174 };

/** Value types, and the form of a function's type. */
const [I32, V128, FUNC] = [0x7f, 0x7b, 0x60];

const [AT, END, SUM] = [0, 1, 2];

/**
 * `sum(at, end)`: adds the words of 16 bits from `at` to `end`, which are a block or more apart. Four sums of four lanes
 * each, whose 32 bits hold those of 512 KiB.
 */
const code = [
  // One group of four locals: the sums.
  [1, 4, V128],
  Op.loop,
  [0, 1, 2, 3].map((index) => [
    ...get(SUM + index),
    ...[...get(AT), ...vector(Vector.load), 4, 16 * index],
    ...vector(Vector.addPairwise),
    ...[...vector(Vector.add), ...set(SUM + index)],
  ]),
  // at += 64; once more if at < end.
  [...get(AT), Op.constant, 0xc0, 0, Op.add, ...tee(AT), ...get(END), Op.below, ...Op.branchIf, Op.end],
  get(SUM),
  [1, 2, 3].map((index) => [...get(SUM + index), ...vector(Vector.add)]),
  set(SUM),
  [0, 1, 2, 3].map((lane) => [
    ...[...get(SUM), ...vector(Vector.extractLane), lane],
    ...(lane > 0 ? [Op.add] : []),
  ]),
  Op.end,
].flat(2);

/** The module: its memory is brought to it, as `"" ""`, and its function is exported as `""`. */
const moduleBytes = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, FUNC, 2, I32, I32, 1, I32]),
  ...section(2, [1, 0, 0, 2, 0, 1]),
  ...section(3, [1, 0]),
  ...section(7, [1, 0, 0, 0]),
  ...section(10, [1, ...unsigned(code.length), ...code]),
]);

let compiled: WebAssembly.Module | undefined;

/**
 * Fresh memory of that kind, or of the ordinary one where this system has no room for it: V8 sets 8 GiB of addresses
 * aside for each, without memory behind them.
 *
 * @param size even, in bytes
 */
export function newVectorMemory(size: number): Memory {
  try {
    const pages = Math.ceil(size / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { buffer } = memory;
    compiled ??= new WebAssembly.Module(moduleBytes);
    const sum: unknown = new WebAssembly.Instance(compiled, { "": { "": memory } }).exports[""];
    if (!(buffer instanceof ArrayBuffer) || typeof sum !== "function") return newMemory(size);
    const bytes = new Uint8Array(buffer, 0, size);
    return { bytes, words: new Uint16Array(buffer), sumBlocks: (at, end) => sum(at, end) >>> 0 };
  } catch {
    return newMemory(size);
  }
}

function get(local: number): number[] {
  return [0x20, local];
}

function set(local: number): number[] {
  return [0x21, local];
}

function tee(local: number): number[] {
  return [0x22, local];
}

function vector(opcode: number): number[] {
  return [0xfd, ...unsigned(opcode)];
}

function section(id: number, body: readonly number[]): number[] {
  return [id, ...unsigned(body.length), ...body];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}
