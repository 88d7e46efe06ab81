/**
 * How many files this process may have open at once, sockets too: the soft limit that shells give, often 1,024 and on macOS 256,
 * and the hard one that it may be raised to.
 *
 * @module
 */
import { systemLibrary } from "./system_library.ts";

const onMac = Deno.build.os === "darwin";

/** The number in asm-generic/resource.h, and in macOS's sys/resource.h. */
const RLIMIT_NOFILE = onMac ? 8 : 7;

/** macOS refuses more although its hard limit is infinite: OPEN_MAX (setrlimit(2), COMPATIBILITY). */
const LARGEST = onMac ? 10_240n : 2n ** 64n - 1n;

/**
 * Raises the soft limit to the hard one, or as far as the system lets it. Deno leaves it as it is.
 *
 * @returns the limit then; `undefined` where it is not known
 */
export function allowOpenFiles(): number | undefined {
  const libc = Deno.dlopen(systemLibrary, {
    // int getrlimit(int resource, struct rlimit *rlim)
    getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
    // int setrlimit(int resource, const struct rlimit *rlim)
    setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  });
  try {
    // struct rlimit: rlim_cur u64, rlim_max u64
    const limits = new BigUint64Array(2);
    if (libc.symbols.getrlimit(RLIMIT_NOFILE, limits) < 0) return undefined;
    const [soft = 0n, hard = 0n] = limits;
    const wanted = hard < LARGEST ? hard : LARGEST;
    if (soft >= wanted) return Number(soft);
    limits[0] = wanted;
    return Number(libc.symbols.setrlimit(RLIMIT_NOFILE, limits) < 0 ? soft : wanted);
  } finally {
    libc.close();
  }
}
