import { assertEquals, assertThrows } from "../../tests/harness/assert.ts";
import { kernelElf } from "./kernel_elf.ts";

/** A kernel image of 100 KiB with a PVH note at `offset`, whose address has 4 or 8 bytes. */
function kernelWithNote(offset: number, addressBytes: 4 | 8): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(100 * 1024).fill(4); // n_namesz's own value everywhere: the search must not stop early
  const view = new DataView(bytes.buffer);
  view.setUint32(offset, 4, true); // n_namesz
  view.setUint32(offset + 4, addressBytes, true); // n_descsz
  view.setUint32(offset + 8, 18, true); // n_type
  bytes.set(new TextEncoder().encode("Xen\0"), offset + 12);
  view.setUint32(offset + 16, 0x1000370, true);
  return bytes;
}

Deno.test("kernelElf() loads the kernel where it wants to be, and enters where it says", () => {
  const bytes = kernelWithNote(5000, 4);
  const file = kernelElf({ bytes, loadAddress: 0x1000000n, entryAddress: 0x1000123n });
  const view = new DataView(file.buffer);
  assertEquals([...file.subarray(0, 7)], [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  assertEquals([view.getUint16(16, true), view.getUint16(18, true)], [2, 62]); // ET_EXEC, x86-64
  assertEquals(view.getBigUint64(24, true), 0x1000123n); // e_entry
  const header = Number(view.getBigUint64(32, true)); // e_phoff
  assertEquals(view.getUint32(header, true), 1); // PT_LOAD
  const offset = Number(view.getBigUint64(header + 8, true));
  assertEquals(view.getBigUint64(header + 24, true), 0x1000000n); // p_paddr
  assertEquals(view.getBigUint64(header + 32, true), BigInt(bytes.length)); // p_filesz
  assertEquals(file.subarray(offset, offset + bytes.length), bytes);
});

Deno.test("kernelElf() points its note segment at the PVH note, of either size", () => {
  for (const [at, addressBytes] of [[5000, 4], [0, 8], [100 * 1024 - 24, 8]] as const) {
    const file = kernelElf({ bytes: kernelWithNote(at, addressBytes), loadAddress: 0n, entryAddress: 0n });
    const view = new DataView(file.buffer);
    const header = Number(view.getBigUint64(32, true)) + view.getUint16(54, true); // the second
    assertEquals(view.getUint32(header, true), 4); // PT_NOTE
    const offset = Number(view.getBigUint64(header + 8, true));
    assertEquals(new TextDecoder().decode(file.subarray(offset + 12, offset + 16)), "Xen\0");
    assertEquals(Number(view.getBigUint64(header + 32, true)), 16 + addressBytes);
  }
});

Deno.test("kernelElf() refuses a kernel without a PVH note", () => {
  const kernel = { bytes: new Uint8Array(4096).fill(4), loadAddress: 0n, entryAddress: 0n };
  assertThrows(() => kernelElf(kernel), TypeError);
});
