/**
 * What a Mach-O file says of itself beside its segments (mach-o/loader.h, mach-o/nlist.h): the systems that it is for, the
 * libraries that it wants, the names that it exports, and what may be done with its memory.
 *
 * @module
 */
import { loadCommands, segmentsOf } from "../../src/payload/macho.ts";

const LC_SYMTAB = 0x2;
const LC_ID_DYLIB = 0xd;
const LC_CODE_SIGNATURE = 0x1d;
const LC_BUILD_VERSION = 0x32;
const LC_VERSION_MIN_MACOSX = 0x24;
/** LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB. */
const LOADS = [0xc, 0x8000_0018, 0x8000_001f];
/** struct nlist_64, its external bit, and the kind of what is defined in a section. */
const [NLIST_BYTES, N_EXT, N_TYPE, N_SECT] = [16, 0x01, 0x0e, 0x0e];

/** Rights to a segment's memory: what it begins with, and the most that it can be given. */
export interface Protection {
  readonly name: string;
  /** VM_PROT_READ 1, VM_PROT_WRITE 2, VM_PROT_EXECUTE 4. */
  readonly initial: number;
  readonly most: number;
}

/** What was read. */
export interface MachoFacts {
  /** The oldest macOS that loads it: `11.0`. */
  readonly minimum: string;
  /** Its own name, as a library. */
  readonly id: string | undefined;
  readonly libraries: readonly string[];
  /** Without C's underscore. */
  readonly exported: ReadonlySet<string>;
  readonly protections: readonly Protection[];
  /** Where its signature begins and ends, in bytes. */
  readonly signature: readonly [number, number] | undefined;
}

/** Reads a whole file. @throws {TypeError} when it is no 64-bit Mach-O */
export function machoFacts(file: Uint8Array): MachoFacts {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const commands = loadCommands(file);
  const u32 = (at: number): number => view.getUint32(at, true);
  const text = (at: number): string => {
    const end = file.indexOf(0, at);
    return new TextDecoder().decode(file.subarray(at, end));
  };
  const found = (...types: number[]) => commands.filter(({ type }) => types.includes(type));
  /** struct dylib_command: the name's place counts from the command's beginning. */
  const library = ({ at }: { at: number }): string => text(at + u32(at + 8));
  const [version] = [
    ...found(LC_BUILD_VERSION).map(({ at }) => u32(at + 12)),
    ...found(LC_VERSION_MIN_MACOSX).map(({ at }) => u32(at + 8)),
  ];
  const [symbols] = found(LC_SYMTAB).map(({ at }) => ({
    place: u32(at + 8),
    count: u32(at + 12),
    names: u32(at + 16),
  }));
  const { place = 0, count = 0, names = 0 } = symbols ?? {};
  const exported = Array.from({ length: count }, (_, index) => place + NLIST_BYTES * index).filter((at) => {
    const kind = view.getUint8(at + 4);
    return (kind & N_EXT) !== 0 && (kind & N_TYPE) === N_SECT;
  }).map((at) => text(names + u32(at)).replace(/^_/, ""));
  return {
    minimum: version === undefined ? "" : `${version >> 16}.${(version >> 8) & 0xff}`,
    id: found(LC_ID_DYLIB).map(library)[0],
    libraries: found(...LOADS).map(library),
    exported: new Set(exported),
    protections: segmentsOf(file).map(({ name, command: { at } }) => ({
      name,
      most: u32(at + 56),
      initial: u32(at + 60),
    })),
    signature:
      found(LC_CODE_SIGNATURE).map(({ at }) => [u32(at + 8), u32(at + 8) + u32(at + 12)] as const)[0],
  };
}
