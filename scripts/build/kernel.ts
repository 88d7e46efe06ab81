/**
 * Takes the guest kernel out of libkrunfw.
 *
 * @module
 */
import { processors } from "../../src/engine/processors.ts";
import { kernelElf } from "../../src/engine/kernel_elf.ts";
import type { Target } from "../../src/target.ts";
import { symbolBytes } from "./elf_symbols.ts";
import { partFile, pinnedPart, readPartsTable } from "./parts_table.ts";
import { type Step, workOf } from "./step.ts";

/** The kernel in the form that both engines boot: on x86 an ELF file, on arm64 the kernel's own (`Image`). */
export function kernel(guest: Target): Step {
  const library = partFile("libkrunfw", guest);
  const { kernelFormat } = processors[guest.processor];
  return {
    output: `${workOf(guest)}/vmlinux`,
    inputs: [library, "src/engine/kernel_elf.ts", "scripts/build/kernel.ts", "scripts/build/elf_symbols.ts"],
    make: (output) => {
      const made = kernelFormat === "elf" ? fromLibrary(library) : fromFile(library);
      Deno.writeFileSync(output, made);
    },
  };
}

/** The version that a kernel says it is, once it is made; where it says none, libkrunfw's. */
export function kernelVersion(guest: Target): string {
  const text = new TextDecoder("latin1").decode(Deno.readFileSync(kernel(guest).output));
  return /Linux version (\S+)/.exec(text)?.[1] ?? pinnedPart(readPartsTable(), "libkrunfw", guest).version;
}

/** The library has code that tells where the kernel is loaded and entered. */
function fromLibrary(path: string): Uint8Array {
  const library = Deno.dlopen(`${Deno.cwd()}/${path}`, {
    // char *krunfw_get_kernel(size_t *load_addr, size_t *entry_addr, size_t *size)
    krunfw_get_kernel: { parameters: ["buffer", "buffer", "buffer"], result: "pointer" },
  });
  const [load, entry, size] = [new BigUint64Array(1), new BigUint64Array(1), new BigUint64Array(1)];
  const bytesOf = (array: BigUint64Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
    new Uint8Array(array.buffer);
  const pointer = library.symbols.krunfw_get_kernel(bytesOf(load), bytesOf(entry), bytesOf(size));
  if (pointer === null) throw new Error("libkrunfw has no kernel");
  const bytes = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, Number(size[0] ?? 0n)));
  return kernelElf({ bytes, loadAddress: load[0] ?? 0n, entryAddress: entry[0] ?? 0n });
}

/** Documentation/arch/arm64/booting.rst: the kernel's own header says where it is loaded. */
function fromFile(path: string): Uint8Array {
  const image = symbolBytes(Deno.readFileSync(path), "KERNEL_BUNDLE");
  const magic = new TextDecoder().decode(image.subarray(56, 60));
  if (magic !== "ARMd") throw new Error(`libkrunfw's kernel is no Image of arm64: its magic is ${magic}`);
  return image;
}
