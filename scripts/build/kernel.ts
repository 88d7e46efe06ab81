/**
 * Takes the guest kernel out of libkrunfw.
 *
 * @module
 */
import { kernelElf } from "../../src/engine/kernel_elf.ts";
import { partFile } from "./parts_table.ts";
import { type Step, WORK } from "./step.ts";

/** The kernel as an ELF file that both engines boot. */
export const kernel: Step = {
  output: `${WORK}/vmlinux`,
  inputs: [partFile("libkrunfw"), "src/engine/kernel_elf.ts", "scripts/build/kernel.ts"],
  make: (output) => {
    const library = Deno.dlopen(`${Deno.cwd()}/${kernel.inputs[0]}`, {
      // char *krunfw_get_kernel(size_t *load_addr, size_t *entry_addr, size_t *size)
      krunfw_get_kernel: { parameters: ["buffer", "buffer", "buffer"], result: "pointer" },
    });
    const [load, entry, size] = [new BigUint64Array(1), new BigUint64Array(1), new BigUint64Array(1)];
    const bytesOf = (array: BigUint64Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
      new Uint8Array(array.buffer);
    const pointer = library.symbols.krunfw_get_kernel(bytesOf(load), bytesOf(entry), bytesOf(size));
    if (pointer === null) throw new Error("libkrunfw has no kernel");
    const bytes = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, Number(size[0] ?? 0n)));
    Deno.writeFileSync(
      output,
      kernelElf({ bytes, loadAddress: load[0] ?? 0n, entryAddress: entry[0] ?? 0n }),
    );
  },
};
