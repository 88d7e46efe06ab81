/**
 * What stands in a Mach-O file by its load commands: segments and their sections (mach-o/loader.h). Pure.
 *
 * @module
 */

const MH_MAGIC_64 = 0xfeedfacf;
const LC_SEGMENT_64 = 0x19;

/** Bytes of `struct mach_header_64`, of `struct segment_command_64` and of `struct section_64`. */
export const HEADER_BYTES = 32;
export const SEGMENT_BYTES = 72;
export const SECTION_BYTES = 80;

/** A load command. */
export interface LoadCommand {
  readonly type: number;
  /** Where it stands in the file, and its length, in bytes. */
  readonly at: number;
  readonly size: number;
}

/** A segment, or a section of one. */
export interface Piece {
  readonly name: string;
  readonly address: number;
  readonly memorySize: number;
  /** Where it lies in the file, in bytes. */
  readonly offset: number;
  readonly size: number;
}

/** A segment. */
export interface Segment extends Piece {
  readonly command: LoadCommand;
  readonly sections: readonly Piece[];
}

/**
 * The load commands of a 64-bit little-endian Mach-O.
 *
 * @param file its beginning, as far as the load commands go
 * @throws {TypeError} when it is none, or ends within them
 */
export function loadCommands(file: Uint8Array): LoadCommand[] {
  const view = viewOf(file);
  if (file.length < HEADER_BYTES || view.getUint32(0, true) !== MH_MAGIC_64) {
    throw new TypeError("Cannot read the load commands: not a 64-bit Mach-O file");
  }
  const [count, bytes] = [view.getUint32(16, true), view.getUint32(20, true)]; // ncmds, sizeofcmds
  const commands: LoadCommand[] = [];
  const end = HEADER_BYTES + bytes;
  for (let at = HEADER_BYTES; commands.length < count;) {
    const size = at + 8 <= Math.min(end, file.length) ? view.getUint32(at + 4, true) : 0;
    if (size < 8 || at + size > Math.min(end, file.length)) {
      throw new TypeError("Cannot read the load commands: they end too early");
    }
    commands.push({ type: view.getUint32(at, true), at, size });
    at += size;
  }
  return commands;
}

/** The segments. @throws {TypeError} as {@linkcode loadCommands} */
export function segmentsOf(file: Uint8Array): Segment[] {
  const view = viewOf(file);
  return loadCommands(file).filter(({ type, size }) => type === LC_SEGMENT_64 && size >= SEGMENT_BYTES).map(
    (command) => {
      const number = (at: number): number => Number(view.getBigUint64(at, true));
      const { at, size } = command;
      const count = Math.min(
        view.getUint32(at + 64, true),
        Math.floor((size - SEGMENT_BYTES) / SECTION_BYTES),
      ); // nsects
      const sections = Array.from({ length: count }, (_, index): Piece => {
        const from = at + SEGMENT_BYTES + SECTION_BYTES * index;
        const bytes = number(from + 40);
        return {
          name: nameAt(file, from),
          address: number(from + 32),
          memorySize: bytes,
          offset: view.getUint32(from + 48, true),
          size: bytes,
        };
      });
      return {
        command,
        name: nameAt(file, at + 8),
        address: number(at + 24),
        memorySize: number(at + 32),
        offset: number(at + 40),
        size: number(at + 48),
        sections,
      };
    },
  );
}

/** A name of up to 16 bytes, filled up with zeros. */
function nameAt(file: Uint8Array, at: number): string {
  return new TextDecoder("latin1").decode(file.subarray(at, at + 16)).replace(/\0[^]*$/, "");
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
