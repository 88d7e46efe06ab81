/**
 * What the kernel's interface has of its own on each processor: numbers of system calls that the C library has no
 * function for (asm/unistd.h), and one struct's layout. A table of targets.
 *
 * @module
 */
const table = {
  // struct epoll_event is packed on x86-64 only.
  x86_64: { SYS_bpf: 321n, SYS_pivot_root: 155n, packedEpollEvent: true },
  aarch64: { SYS_bpf: 280n, SYS_pivot_root: 41n, packedEpollEvent: false },
} as const;

/** This guest's. */
export const { SYS_bpf, SYS_pivot_root, packedEpollEvent } = table[Deno.build.arch];
