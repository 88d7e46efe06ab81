/**
 * A kernel that stops the processor at its first instruction, for every processor that guests have.
 *
 * @module
 */
import { kernelElf } from "../../src/engine/kernel_elf.ts";

/** An ELF file with the note that makes it a PVH kernel. */
function forX86(): Uint8Array {
  const loadAddress = 0x1000000n;
  const bytes = new Uint8Array(8192);
  bytes.set([0xfa, 0xf4, 0xeb, 0xfd]); // cli; hlt; jmp to hlt
  const view = new DataView(bytes.buffer);
  const note = 4096;
  view.setUint32(note, 4, true); // n_namesz
  view.setUint32(note + 4, 8, true); // n_descsz
  view.setUint32(note + 8, 18, true); // n_type: XEN_ELFNOTE_PHYS32_ENTRY
  bytes.set(new TextEncoder().encode("Xen\0"), note + 12);
  view.setBigUint64(note + 16, loadAddress, true);
  return kernelElf({ bytes, loadAddress, entryAddress: loadAddress });
}

/** An Image (Documentation/arch/arm64/booting.rst); its text_offset is 0. */
function forArm64(): Uint8Array {
  const bytes = new Uint8Array(8192);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xd503207f, true); // code0: wfi
  view.setUint32(4, 0x17ffffff, true); // code1: b to code0
  view.setBigUint64(16, BigInt(bytes.length), true); // image_size
  view.setUint32(56, 0x644d5241, true); // magic
  return bytes;
}

/** The kernel's file, in the form that both engines take for this host's processor. */
export const hangingKernel: () => Uint8Array = { x86_64: forX86, aarch64: forArm64 }[Deno.build.arch];
