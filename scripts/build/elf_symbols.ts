/**
 * Dynamic symbols of an ELF64 library, without opening it: it may be for another processor. Pure.
 *
 * @module
 */

const SHT_DYNSYM = 11;
const PT_LOAD = 1;
const SYMBOL_BYTES = 24; // Elf64_Sym

/** A symbol that a library defines. */
export interface ElfSymbol {
  readonly name: string;
  /** Its address in memory, and its bytes there. */
  readonly address: number;
  readonly size: number;
}

/**
 * What a library exports.
 *
 * @throws {TypeError} when it has no dynamic symbols
 */
export function exportedSymbols(library: Uint8Array): ElfSymbol[] {
  const view = new DataView(library.buffer, library.byteOffset, library.length);
  const number = (at: number): number => Number(view.getBigUint64(at, true));
  const section = (index: number) => {
    const at = number(40) + 64 * index; // e_shoff
    return {
      type: view.getUint32(at + 4, true),
      offset: number(at + 24),
      size: number(at + 32),
      link: view.getUint32(at + 40, true),
    };
  };
  const count = view.getUint16(60, true); // e_shnum
  const table = Array.from({ length: count }, (_, index) => section(index)).find(({ type }) =>
    type === SHT_DYNSYM
  );
  if (!table) throw new TypeError("Cannot read the library's symbols: it has none");
  const names = section(table.link).offset;
  return Array.from({ length: table.size / SYMBOL_BYTES }, (_, index) => table.offset + SYMBOL_BYTES * index)
    .filter((at) => view.getUint16(at + 6, true) !== 0) // st_shndx: SHN_UNDEF
    .map((at) => ({
      name: textAt(library, names + view.getUint32(at, true)),
      address: number(at + 8),
      size: number(at + 16),
    }));
}

/**
 * What a library has at a symbol.
 *
 * @throws {TypeError} when there is no such symbol, or not in the file
 */
export function symbolBytes(library: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  const found = exportedSymbols(library).find((symbol) => symbol.name === name);
  if (!found) throw new TypeError(`Cannot find ${name} in the library`);
  const view = new DataView(library.buffer, library.byteOffset, library.length);
  const number = (at: number): number => Number(view.getBigUint64(at, true));
  const headers = Array.from({ length: view.getUint16(56, true) }, (_, index) => number(32) + 56 * index); // e_phnum, e_phoff
  for (const at of headers.filter((at) => view.getUint32(at, true) === PT_LOAD)) {
    const [offset, address, size] = [number(at + 8), number(at + 16), number(at + 32)];
    if (found.address < address || found.address + found.size > address + size) continue;
    return library.slice(offset + found.address - address, offset + found.address - address + found.size);
  }
  throw new TypeError(`Cannot find ${name} in the library's file`);
}

function textAt(bytes: Uint8Array, at: number): string {
  return new TextDecoder("latin1").decode(bytes.subarray(at, bytes.indexOf(0, at)));
}
