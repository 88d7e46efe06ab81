/**
 * Runs a seccomp filter as the kernel does, over struct seccomp_data.
 *
 * @module
 */

/** A system call as a filter sees it. */
export interface Call {
  readonly nr: number;
  /** AUDIT_ARCH_*. */
  readonly arch: number;
  readonly args?: readonly bigint[];
}

/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64. */
export const X86_64 = 0xc000_003e;
export const AARCH64 = 0xc000_00b7;

/** SECCOMP_RET_ALLOW, ERRNO with an errno, and KILL_PROCESS. */
export const ALLOW = 0x7fff_0000;
export const EPERM = 0x0005_0001;
export const ENOSYS = 0x0005_0026;
export const KILL_PROCESS = 0x8000_0000;

/** The answer of a program of struct sock_filter, one u64 each. */
export function answerOf(program: readonly bigint[], { nr, arch, args = [] }: Call): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, nr, true);
  data.setUint32(4, arch, true);
  args.forEach((value, index) => data.setBigUint64(16 + 8 * index, value, true));
  let accumulator = 0;
  for (let at = 0; at < program.length; at++) {
    const word = program[at] ?? 0n;
    const [code, jt, jf] = [Number(word & 0xffffn), Number(word >> 16n & 0xffn), Number(word >> 24n & 0xffn)];
    const k = Number(word >> 32n);
    if (code === 0x06) return k;
    if (code === 0x20) accumulator = data.getUint32(k, true);
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0;
    else if (code === 0x05) at += k;
    else at += holds(code, accumulator, k) ? jt : jf;
  }
  throw new Error("the program ended without an answer");
}

function holds(code: number, accumulator: number, k: number): boolean {
  if (code === 0x15) return accumulator === k;
  if (code === 0x25) return accumulator > k;
  if (code === 0x35) return accumulator >= k;
  throw new Error(`instruction ${code.toString(16)}`);
}
