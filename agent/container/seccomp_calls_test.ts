import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals, assertTrue } from "../../tests/harness/assert.ts";
import { architectures } from "./seccomp_calls.ts";

/** The kernel's headers, as the compiler that builds the product carries them; `undefined`: setup.sh has not run. */
const headers = folderOfHeaders();

function folderOfHeaders(): string | undefined {
  const zig = fileURLToPath(new URL("../../.cache/parts/ziglang", import.meta.url));
  try {
    return `${dirname(Deno.realPathSync(zig))}/lib/libc/include`;
  } catch {
    return undefined;
  }
}

/** Numbers by name, of `#define __NR_name number`. */
function numbersIn(file: string): Map<string, number> {
  const lines = Deno.readTextFileSync(`${headers}/${file}`).matchAll(/^#define __NR_(\w+)\s+(\d+)$/gm);
  return new Map([...lines].map(([, name = "", number]) => [name, Number(number)]));
}

for (
  const [architecture, file] of [
    ["SCMP_ARCH_X86_64", "x86-linux-any/asm/unistd_64.h"],
    ["SCMP_ARCH_AARCH64", "aarch64-linux-any/asm/unistd_64.h"],
  ] as const
) {
  Deno.test({
    name: `${architecture}'s calls have the kernel's numbers`,
    ignore: headers === undefined,
    fn: () => {
      const kernel = numbersIn(file);
      assertTrue(kernel.size > 250, `${kernel.size} calls`);
      const wrong = Object.entries(architectures[architecture]?.calls ?? {}).filter(([name, number]) =>
        kernel.get(name) !== number
      );
      // Calls that the kernel has dropped, and one that is newer than the headers.
      const known = ["lookup_dcookie", "nfsservctl", "uselib", "open_tree_attr"];
      assertEquals(wrong.filter(([name]) => kernel.has(name) || !known.includes(name)), []);
    },
  });
}
