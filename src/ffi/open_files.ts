/**
 * How many files this process may have open at once, sockets too: the soft limit that shells give, often 1,024, and the
 * hard one that it may be raised to.
 *
 * @module
 */

/** The number in asm-generic/resource.h. */
const RLIMIT_NOFILE = 7;

/**
 * Raises the soft limit to the hard one. Deno leaves it as it is. Nothing happens elsewhere than on Linux.
 *
 * @returns the limit then; `undefined` where it is not known
 */
export function allowOpenFiles(): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const libc = Deno.dlopen("libc.so.6", {
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
    limits[0] = hard;
    return Number(libc.symbols.setrlimit(RLIMIT_NOFILE, limits) < 0 ? soft : hard);
  } finally {
    libc.close();
  }
}
