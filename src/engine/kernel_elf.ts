/**
 * The guest kernel as an ELF file that both engines boot: QEMU by its PVH entry, libkrun by its ELF entry.
 * Pure.
 *
 * @module
 */

/** The kernel as libkrunfw holds it: its bytes, where they are loaded, and where a 64-bit boot enters. */
export interface RawKernel {
  readonly bytes: Uint8Array;
  readonly loadAddress: bigint;
  readonly entryAddress: bigint;
}

/** Where the loaded bytes lie in the file. */
const DATA_OFFSET = 4096;

/** ELF: program header types, and the machine. */
const PT_LOAD = 1;
const PT_NOTE = 4;
const EM_X86_64 = 62;

/** XEN_ELFNOTE_PHYS32_ENTRY (xen/include/public/elfnote.h): where a PVH boot enters. */
const PHYS32_ENTRY = 18;

/**
 * Wraps a kernel.
 *
 * @throws {TypeError} when it has no PVH note
 */
export function kernelElf(kernel: RawKernel): Uint8Array<ArrayBuffer> {
  const { bytes, loadAddress } = kernel;
  const note = findPvhNote(bytes);
  const file = new Uint8Array(DATA_OFFSET + bytes.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x7f454c46);
  file.set([2, 1, 1], 4); // ELFCLASS64, ELFDATA2LSB, EV_CURRENT
  view.setUint16(16, 2, true); // e_type: ET_EXEC
  view.setUint16(18, EM_X86_64, true);
  view.setUint32(20, 1, true); // e_version
  view.setBigUint64(24, kernel.entryAddress, true);
  view.setBigUint64(32, 64n, true); // e_phoff
  view.setUint16(52, 64, true); // e_ehsize
  view.setUint16(54, 56, true); // e_phentsize
  view.setUint16(56, 2, true); // e_phnum
  programHeader(view, 64, { type: PT_LOAD, offset: 0, length: bytes.length, align: 4096 }, loadAddress);
  programHeader(view, 120, { type: PT_NOTE, ...note, align: 4 }, loadAddress);
  file.set(bytes, DATA_OFFSET);
  return file;
}

function programHeader(
  view: DataView,
  at: number,
  segment: { type: number; offset: number; length: number; align: number },
  loadAddress: bigint,
): void {
  const address = loadAddress + BigInt(segment.offset);
  view.setUint32(at, segment.type, true); // p_type
  view.setUint32(at + 4, 7, true); // p_flags: read, write, execute
  view.setBigUint64(at + 8, BigInt(DATA_OFFSET + segment.offset), true); // p_offset
  view.setBigUint64(at + 16, address, true); // p_vaddr
  view.setBigUint64(at + 24, address, true); // p_paddr
  view.setBigUint64(at + 32, BigInt(segment.length), true); // p_filesz
  view.setBigUint64(at + 40, BigInt(segment.length), true); // p_memsz
  view.setBigUint64(at + 48, BigInt(segment.align), true); // p_align
}

/** The note: n_namesz 4, n_descsz 4 or 8, n_type, "Xen\0", then the address. */
function findPvhNote(bytes: Uint8Array): { offset: number; length: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = bytes.indexOf(4); at >= 0 && at + 24 <= bytes.length; at = bytes.indexOf(4, at + 1)) {
    const [nameBytes, length, type] = [
      view.getUint32(at, true),
      view.getUint32(at + 4, true),
      view.getUint32(at + 8, true),
    ];
    const named = view.getUint32(at + 12) === 0x58656e00;
    if (nameBytes === 4 && (length === 4 || length === 8) && type === PHYS32_ENTRY && named) {
      return { offset: at, length: 16 + length };
    }
  }
  throw new TypeError("Cannot wrap the kernel: it has no PVH note");
}
