/* The kernel's interface without a C library: calls by number, and the structures and constants that are used. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include "text.h"

#if defined __x86_64__
enum {
	SYS_read = 0, SYS_write = 1, SYS_close = 3, SYS_mmap = 9, SYS_mprotect = 10, SYS_munmap = 11, SYS_rt_sigaction = 13,
	SYS_rt_sigprocmask = 14, SYS_ioctl = 16, SYS_socket = 41, SYS_connect = 42, SYS_sendto = 44, SYS_recvfrom = 45,
	SYS_setsockopt = 54, SYS_execve = 59, SYS_fcntl = 72, SYS_getcwd = 79, SYS_getrlimit = 97, SYS_getuid = 102,
	SYS_clock_gettime = 228, SYS_exit_group = 231, SYS_openat = 257, SYS_newfstatat = 262, SYS_readlinkat = 267, SYS_ppoll = 271,
	SYS_signalfd4 = 289, SYS_getrandom = 318,
};
/* struct stat of arch/x86/include/uapi/asm/stat.h */
struct status { word device, inode, links; u32 mode; byte rest[116]; };
#else
enum {
	SYS_read = 63, SYS_write = 64, SYS_close = 57, SYS_mmap = 222, SYS_mprotect = 226, SYS_munmap = 215, SYS_rt_sigaction = 134,
	SYS_rt_sigprocmask = 135, SYS_ioctl = 29, SYS_socket = 198, SYS_connect = 203, SYS_sendto = 206, SYS_recvfrom = 207,
	SYS_setsockopt = 208, SYS_execve = 221, SYS_fcntl = 25, SYS_getcwd = 17, SYS_getrlimit = 163, SYS_getuid = 174,
	SYS_clock_gettime = 113, SYS_exit_group = 94, SYS_newfstatat = 79, SYS_readlinkat = 78, SYS_ppoll = 73,
	SYS_signalfd4 = 74, SYS_getrandom = 278, SYS_openat = 56,
};
/* struct stat of include/uapi/asm-generic/stat.h */
struct status { word device, inode; u32 mode; byte rest[108]; };
#endif

enum { ENOENT = 2, EINTR = 4, EAGAIN = 11, EPIPE = 32 };
enum { O_CLOEXEC = 02000000, AT_FDCWD = -100, AT_EMPTY_PATH = 0x1000, F_GETFD = 1, F_GETPIPE_SZ = 1032, TCGETS = 0x5401, FIONREAD = 0x541b };
enum { S_IFMT = 0170000, S_IFIFO = 0010000, S_IFREG = 0100000, S_IFSOCK = 0140000 };
enum { PROT_READ_WRITE = 3, MAP_PRIVATE_ANONYMOUS = 0x22, RLIMIT_AS = 9, CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1 };
enum { AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 02000000, SOL_SOCKET = 1, SO_SNDTIMEO = 21 };
enum { MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000, POLLIN = 1, POLLOUT = 4 };

struct time { long seconds, nanoseconds; };
struct poll { int descriptor; short events, found; };

static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
#if defined __x86_64__
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		: "rcx", "r11", "memory");
	return result;
#else
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;
	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
#endif
}

static inline long call3(long number, long a, long b, long c) { return call6(number, a, b, c, 0, 0, 0); }

/* Ends the process. */
static inline _Noreturn void leave(int code)
{
	for (;;) call3(SYS_exit_group, code, 0, 0);
}

#endif
