/**
 * Puts our own start (src/start/start.c) in front of a runtime's: a piece of code behind the ELF's segments,
 * loaded by the header that was its note's, which is the entry now and goes on to the runtime's own. Pure.
 *
 * The piece stands before the section headers, so that these stay last and src/payload/elf.ts finds the end.
 *
 * @module
 */

const PT_NULL = 0;
const PT_LOAD = 1;
const PT_INTERP = 3;
const PT_NOTE = 4;
const EXECUTABLE = 5; // PF_R | PF_X
const HEADER_BYTES = 56; // e_phentsize

/**
 * A piece of code: its first 8 bytes take the distance from itself to the runtime's entry, the 8 behind them that to the
 * header of the runtime's dynamic loader.
 */
export interface NativeStart {
  readonly code: Uint8Array;
  /** Where it begins to run, in bytes from its first. */
  readonly entry: number;
}

/** A program header's place in the file and fields (Elf64_Phdr). */
interface Segment {
  readonly at: number;
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

/**
 * The code of an ELF that src/start/start.ld has linked: its one segment that is loaded.
 *
 * @throws {TypeError} when it has another number of them
 */
export function startOf(program: Uint8Array): NativeStart {
  const view = viewOf(program);
  const [one, ...others] = segmentsOf(view).filter(({ type }) => type === PT_LOAD);
  if (!one || others.length > 0 || one.memorySize !== one.fileSize) {
    throw new TypeError("Cannot take the start: it is not one piece without variables");
  }
  const code = program.slice(one.offset, one.offset + one.fileSize);
  return { code, entry: Number(view.getBigUint64(24, true)) - one.address };
}

/**
 * A runtime that begins with the start.
 *
 * @param runtime a position-independent ELF64 that ends with its section headers
 * @param page the largest page of the processor's kernels, in bytes
 * @throws {TypeError} when it has no note behind its segments, whose header could be used
 */
export function withStart(
  runtime: Uint8Array,
  { code, entry }: NativeStart,
  page: number,
): Uint8Array<ArrayBuffer> {
  const before = viewOf(runtime);
  const sections = Number(before.getBigUint64(40, true)); // e_shoff
  const segments = segmentsOf(before);
  const loaded = segments.filter(({ type }) => type === PT_LOAD);
  const note = segments.findLast(({ type }) => type === PT_NOTE);
  // gABI: PT_LOAD entries are in ascending order of addresses.
  if (!note || loaded.some(({ at }) => at > note.at)) {
    throw new TypeError("Cannot put the start in front: no note behind the segments");
  }
  const offset = upTo(sections, page);
  const address = upTo(Math.max(...loaded.map((one) => one.address + one.memorySize)), page);
  const headers = upTo(offset + code.length, 8);
  const made = new Uint8Array(headers + runtime.length - sections);
  made.set(runtime.subarray(0, sections));
  made.set(code, offset);
  made.set(runtime.subarray(sections), headers);
  const after = viewOf(made);
  after.setBigInt64(offset, before.getBigInt64(24, true) - BigInt(address), true);
  after.setBigUint64(24, BigInt(address + entry), true); // e_entry
  after.setBigUint64(40, BigInt(headers), true);
  const loader = segments.find(({ type }) => type === PT_INTERP);
  if (loader) {
    // The kernel is told of none; src/start/loader.c loads it for the runtime.
    after.setUint32(loader.at, PT_NULL, true);
    after.setBigInt64(offset + 8, BigInt(loader.at) - BigInt(address + 8), true);
  }
  after.setUint32(note.at, PT_LOAD, true); // p_type
  after.setUint32(note.at + 4, EXECUTABLE, true); // p_flags
  const fields = [offset, address, address, code.length, code.length, page]; // p_offset … p_align
  for (const [at, value] of fields.entries()) after.setBigUint64(note.at + 8 + 8 * at, BigInt(value), true);
  return made;
}

function segmentsOf(view: DataView): Segment[] {
  const first = Number(view.getBigUint64(32, true)); // e_phoff
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => { // e_phnum
    const at = first + HEADER_BYTES * index;
    const field = (from: number): number => Number(view.getBigUint64(at + from, true));
    return {
      at,
      type: view.getUint32(at, true),
      offset: field(8),
      address: field(16),
      fileSize: field(32),
      memorySize: field(40),
    };
  });
}

function upTo(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
