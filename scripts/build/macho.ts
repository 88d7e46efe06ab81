/**
 * Edits Mach-O files: takes out the program that `deno compile` put in (libsui 0.12), and puts in a segment. Both
 * move what comes behind, and all that refers to it by its place. Pure.
 *
 * @module
 */
import { joinedBytes } from "../../src/text/joined_bytes.ts";
import {
  HEADER_BYTES,
  type LoadCommand,
  loadCommands,
  SECTION_BYTES,
  type Segment,
  SEGMENT_BYTES,
  segmentsOf,
} from "../../src/payload/macho.ts";

/** The largest page of a Mac, by which segments are aligned. */
const PAGE = 16_384;

const CPU_TYPE_ARM64 = 0x0100_000c;
const LC_SEGMENT_64 = 0x19;
const LC_SYMTAB = 0x2;
const LC_CODE_SIGNATURE = 0x1d;
const VM_PROT_READ = 1;

/**
 * Where load commands have offsets into __LINKEDIT, in bytes from the command's beginning (mach-o/loader.h):
 * symtab_command, dysymtab_command, linkedit_data_command (several), dyld_info_command (two).
 */
const offsetFields: Readonly<Record<number, readonly number[]>> = {
  [LC_SYMTAB]: [8, 16],
  0xb: [32, 40, 48, 56, 64, 72],
  ...Object.fromEntries(
    [0x1d, 0x1e, 0x26, 0x29, 0x2b, 0x2d, 0x2e, 0x36, 0x8000_0033, 0x8000_0034].map((type) => [type, [8]]),
  ),
  0x22: [8, 16, 24, 32, 40],
  0x8000_0022: [8, 16, 24, 32, 40],
};

/** What libsui puts in front of the program in a Mach-O for Intel. */
const SENTINEL = Uint8Array.of(...new TextEncoder().encode("<~sui-data~>"), 0xef, 0xbe, 0xad, 0xde);

/** A segment with one section. */
export interface NewSegment {
  readonly segment: string;
  readonly section: string;
  readonly content: Uint8Array;
}

/**
 * denort, out of a program that it was compiled with.
 *
 * @throws {TypeError} when there is no program in it
 */
export function withoutProgram(program: Uint8Array): Uint8Array<ArrayBuffer> {
  return viewOf(program).getUint32(4, true) === CPU_TYPE_ARM64
    ? withoutSegment(program, "__SUI")
    : withoutTail(program);
}

/**
 * A Mach-O with one more segment in front of __LINKEDIT, which comes last. It is mapped when it is read, and never
 * costs a start anything.
 *
 * @throws {TypeError} when no room is left behind the load commands
 */
export function withSegment(program: Uint8Array, added: NewSegment): Uint8Array<ArrayBuffer> {
  const link = named(program, "__LINKEDIT");
  const bytes = upTo(added.content.length, PAGE);
  const command = commandOf(added, link, bytes);
  const commands = loadCommands(program);
  const end = HEADER_BYTES + sum(commands);
  if (
    program.subarray(end, end + command.length).some((byte) => byte !== 0) ||
    firstSection(program) < end + command.length
  ) {
    throw new TypeError("Cannot add a segment: no room is left behind the load commands");
  }
  const moved = movedCommands(program, commands, { from: link.offset, by: bytes, link });
  const at = commands.findIndex((one) => one.at === link.command.at);
  return joinedBytes(
    header(program, commands.length + 1, sum(commands) + command.length),
    ...moved.slice(0, at),
    command,
    ...moved.slice(at),
    program.subarray(end + command.length, link.offset),
    added.content,
    new Uint8Array(bytes - added.content.length),
    program.subarray(link.offset),
  );
}

function withoutSegment(program: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  const [cut, link] = [named(program, name), named(program, "__LINKEDIT")];
  const commands = loadCommands(program);
  const moved = movedCommands(program, commands, { from: link.offset, by: -cut.size, link });
  const kept = moved.filter((_, index) => commands[index]?.at !== cut.command.at);
  return joinedBytes(
    header(program, commands.length - 1, sum(commands) - cut.command.size),
    ...kept,
    new Uint8Array(cut.command.size),
    program.subarray(HEADER_BYTES + sum(commands), cut.offset),
    program.subarray(link.offset, link.offset + link.size),
  );
}

/** For Intel the program stands behind all, and __LINKEDIT and its names were made longer. */
function withoutTail(program: Uint8Array): Uint8Array<ArrayBuffer> {
  const end = lastIndexOf(program, SENTINEL);
  if (end < 0) throw new TypeError("Cannot take the program out: there is none");
  const made = program.slice(0, end);
  const view = viewOf(made);
  const link = named(made, "__LINKEDIT");
  const bytes = BigInt(end - link.offset);
  view.setBigUint64(link.command.at + 32, bytes, true); // vmsize
  view.setBigUint64(link.command.at + 48, bytes, true); // filesize
  for (const { type, at } of loadCommands(made)) {
    if (type === LC_SYMTAB) view.setUint32(at + 20, end - view.getUint32(at + 16, true), true); // strsize
  }
  return withoutSignature(made);
}

/** The signature stood behind the program; a command that points there is what no signer takes. */
function withoutSignature(program: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const commands = loadCommands(program);
  const kept = commands.filter(({ type }) => type !== LC_CODE_SIGNATURE);
  const [before, after] = [sum(commands), sum(kept)];
  return joinedBytes(
    header(program, kept.length, after),
    ...kept.map(({ at, size }) => program.subarray(at, at + size)),
    new Uint8Array(before - after),
    program.subarray(HEADER_BYTES + before),
  );
}

/** The commands, with every place from `from` on moved by `by` bytes. */
function movedCommands(
  program: Uint8Array,
  commands: readonly LoadCommand[],
  { from, by, link }: { from: number; by: number; link: Segment },
): Uint8Array[] {
  return commands.map(({ type, at, size }) => {
    const made = program.slice(at, at + size);
    const view = viewOf(made);
    for (const field of offsetFields[type] ?? []) {
      const place = view.getUint32(field, true);
      if (place >= from) view.setUint32(field, place + by, true);
    }
    if (at === link.command.at) {
      view.setBigUint64(24, BigInt(link.address + by), true); // vmaddr
      view.setBigUint64(40, BigInt(link.offset + by), true); // fileoff
    }
    return made;
  });
}

function commandOf({ segment, section, content }: NewSegment, link: Segment, bytes: number): Uint8Array {
  const command = new Uint8Array(SEGMENT_BYTES + SECTION_BYTES);
  const view = viewOf(command);
  const name = (at: number, word: string): void => command.set(new TextEncoder().encode(word), at);
  view.setUint32(0, LC_SEGMENT_64, true);
  view.setUint32(4, command.length, true);
  name(8, segment);
  // vmaddr, vmsize, fileoff, filesize
  for (const [index, value] of [link.address, bytes, link.offset, bytes].entries()) {
    view.setBigUint64(24 + 8 * index, BigInt(value), true);
  }
  for (const [index, value] of [VM_PROT_READ, VM_PROT_READ, 1, 0].entries()) { // maxprot, initprot, nsects, flags
    view.setUint32(56 + 4 * index, value, true);
  }
  name(SEGMENT_BYTES, section);
  name(SEGMENT_BYTES + 16, segment);
  view.setBigUint64(SEGMENT_BYTES + 32, BigInt(link.address), true); // addr
  view.setBigUint64(SEGMENT_BYTES + 40, BigInt(content.length), true); // size
  view.setUint32(SEGMENT_BYTES + 48, link.offset, true); // offset
  return command;
}

function header(program: Uint8Array, commands: number, bytes: number): Uint8Array {
  const made = program.slice(0, HEADER_BYTES);
  viewOf(made).setUint32(16, commands, true); // ncmds
  viewOf(made).setUint32(20, bytes, true); // sizeofcmds
  return made;
}

function named(program: Uint8Array, name: string): Segment {
  const found = segmentsOf(program).find((one) => one.name === name);
  if (!found) throw new TypeError(`Cannot edit the Mach-O: it has no segment ${name}`);
  return found;
}

function firstSection(program: Uint8Array): number {
  const places = segmentsOf(program).flatMap(({ sections }) => sections.map(({ offset }) => offset));
  return Math.min(...places.filter((offset) => offset > 0));
}

function lastIndexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.lastIndexOf(wanted[0] ?? 0); at >= 0; at = bytes.lastIndexOf(wanted[0] ?? 0, at - 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
    if (at === 0) break;
  }
  return -1;
}

function sum(commands: readonly LoadCommand[]): number {
  return commands.reduce((total, { size }) => total + size, 0);
}

function upTo(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
