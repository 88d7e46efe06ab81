/**
 * The capabilities a container's root has: Docker's default set. Pure.
 *
 * @module
 */

/** Bit numbers of linux/capability.h. */
const numbers = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_RAW: 13,
  CAP_SYS_CHROOT: 18,
  CAP_MKNOD: 27,
  CAP_AUDIT_WRITE: 29,
  CAP_SETFCAP: 31,
} as const;

/** The set as a mask: bit N is capability N. */
export const DEFAULT_CAPABILITIES: bigint = Object.values(numbers).reduce(
  (mask, bit) => mask | 1n << BigInt(bit),
  0n,
);
