/**
 * Instructions of classic BPF, as far as seccomp filters use them. Pure.
 *
 * @module
 */

/** Codes of linux/bpf_common.h: class, size or operation, and source. */
export const LD_W_ABS = 0x20;
export const AND_K = 0x54;
export const JMP = 0x05;
export const JEQ = 0x15;
export const JGT = 0x25;
export const JGE = 0x35;
export const RET = 0x06;

/** One struct sock_filter as the u64 it is in memory: code u16, jt u8, jf u8, k u32. */
export function instruction(code: number, k: number, jt = 0, jf = 0): bigint {
  return BigInt(code) | BigInt(jt) << 16n | BigInt(jf) << 24n | BigInt(k >>> 0) << 32n;
}
