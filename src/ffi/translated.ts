/**
 * Whether macOS translates this process: a program for Intel that runs on Apple silicon, by Rosetta.
 *
 * @module
 */
import { cString } from "./cstring.ts";
import { systemLibrary } from "./system_library.ts";

/** 1 in a translated process, 0 in a native one; Macs with Intel do not know the name. */
const NAME = "sysctl.proc_translated";

/** sizeof(int). */
const INT_BYTES = 4;

/** Asks the kernel. @returns `false` also where the system does not know of it */
export function isTranslated(): boolean {
  if (Deno.build.os !== "darwin") return false;
  const library = Deno.dlopen(systemLibrary, {
    // int sysctlbyname(const char *name, void *oldp, size_t *oldlenp, void *newp, size_t newlen)
    sysctlbyname: { parameters: ["buffer", "buffer", "buffer", "buffer", "usize"], result: "i32" },
  });
  try {
    const value = new Int32Array(1);
    const length = BigUint64Array.of(BigInt(INT_BYTES));
    return library.symbols.sysctlbyname(cString(NAME), value, length, null, 0n) === 0 && value[0] === 1;
  } finally {
    library.close();
  }
}
