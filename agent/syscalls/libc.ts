/**
 * The C library of the guest: every foreign call of the agent, with its prototype beside it. Opened once,
 * when the agent starts; pointers do not leave this folder.
 *
 * Functions are called through pointers. Declared to Deno.dlopen as functions, each would be given machine
 * code of its own at once, which takes 12 ms a function in an emulated guest, a third of a second in all.
 *
 * @module
 */

const prototypes = {
  // int *__errno_location(void)
  __errno_location: { parameters: [], result: "pointer" },
  // int open(const char *path, int flags): never with O_CREAT, so the variadic mode is not passed
  open: { parameters: ["buffer", "i32"], result: "i32" },
  // int close(int fd)
  close: { parameters: ["i32"], result: "i32" },
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  // ssize_t readv(int fd, const struct iovec *iov, int iovcnt)
  readv: { parameters: ["i32", "buffer", "i32"], result: "isize" },
  // ssize_t writev(int fd, const struct iovec *iov, int iovcnt)
  writev: { parameters: ["i32", "buffer", "i32"], result: "isize" },
  // int pipe2(int pipefd[2], int flags)
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  // int fcntl(int fd, int op, int arg): only operations whose argument is an int
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // int memfd_create(const char *name, unsigned int flags)
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  // int epoll_create1(int flags)
  epoll_create1: { parameters: ["i32"], result: "i32" },
  // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  // int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout): waits in another thread
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32", nonblocking: true },
  // int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *file_actions,
  //                 const posix_spawnattr_t *attrp, char *const argv[], char *const envp[])
  posix_spawn: { parameters: ["buffer", "buffer", "buffer", "pointer", "buffer", "buffer"], result: "i32" },
  // int posix_spawn_file_actions_init(posix_spawn_file_actions_t *file_actions)
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  // int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *file_actions, int fd, int newfd)
  posix_spawn_file_actions_adddup2: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  // int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *file_actions)
  posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32" },
  // pid_t waitpid(pid_t pid, int *status, int options)
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
  // int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)
  mount: { parameters: ["buffer", "buffer", "buffer", "u64", "buffer"], result: "i32" },
  // int umount2(const char *target, int flags)
  umount2: { parameters: ["buffer", "i32"], result: "i32" },
  // int sethostname(const char *name, size_t len)
  sethostname: { parameters: ["buffer", "usize"], result: "i32" },
  // int clock_settime(clockid_t clockid, const struct timespec *tp)
  clock_settime: { parameters: ["i32", "buffer"], result: "i32" },
  // int prctl(int op, unsigned long, unsigned long, unsigned long, unsigned long)
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  // int reboot(int op)
  reboot: { parameters: ["i32"], result: "i32" },
  // void sync(void): may take long, so it runs in another thread
  sync: { parameters: [], result: "void", nonblocking: true },
  // int malloc_trim(size_t pad)
  malloc_trim: { parameters: ["usize"], result: "i32" },
  // int socket(int domain, int type, int protocol)
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // int socketpair(int domain, int type, int protocol, int sv[2])
  socketpair: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  // ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags)
  recvmsg: { parameters: ["i32", "buffer", "i32"], result: "isize" },
  // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // int shutdown(int sockfd, int how)
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen)
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen)
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  // int setns(int fd, int nstype)
  setns: { parameters: ["i32", "i32"], result: "i32" },
  // int setrlimit(int resource, const struct rlimit *rlim)
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  // int ioctl(int fd, unsigned long op, void *argp)
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  // long syscall(SYS_openat2, int dirfd, const char *path, struct open_how *how, size_t size)
  openat2: { parameters: ["i64", "i32", "buffer", "buffer", "usize"], result: "i64" },
  // long syscall(SYS_pivot_root, const char *new_root, const char *put_old)
  pivot_root: { parameters: ["i64", "buffer", "buffer"], result: "i64" },
  // long syscall(SYS_bpf, int cmd, union bpf_attr *attr, unsigned int size)
  bpf: { parameters: ["i64", "i32", "buffer", "u32"], result: "i64" },
} as const satisfies Record<string, Deno.ForeignFunction>;

type Prototypes = typeof prototypes;
type Name = keyof Prototypes;
type Libc = { readonly [N in Name]: Deno.UnsafeFnPointer<Prototypes[N]>["call"] };

/** glibc, opened. */
export const libc = openLibc();

function openLibc(): Libc {
  const names = Object.keys(prototypes) as Name[];
  const declared = names.map((name) => [name, { name: symbolName(name), type: "pointer" }] as const);
  const { symbols } = Deno.dlopen("libc.so.6", Object.fromEntries(declared));
  const bound = names.map((
    name,
  ) => [name, bind(symbols[name] as Deno.PointerValue<never>, prototypes[name])]);
  return Object.fromEntries(bound) as Libc;
}

/** system calls that glibc 2.36 has no function for go through syscall(2). */
function symbolName(name: Name): string {
  return name === "openat2" || name === "pivot_root" || name === "bpf" ? "syscall" : name;
}

function bind(
  pointer: Deno.PointerValue<never>,
  prototype: Deno.ForeignFunction,
): (...args: never[]) => unknown {
  if (pointer === null) throw new TypeError("Cannot bind a function: the C library has no such symbol");
  let callable: Deno.UnsafeFnPointer<Deno.ForeignFunction> | undefined;
  return (...args) => (callable ??= new Deno.UnsafeFnPointer(pointer, prototype)).call(...args);
}

const errnoView = locateErrno();

/** errno of the call just made. Only the main thread makes calls that set it, so its place never moves. */
export function errno(): number {
  return errnoView.getInt32();
}

function locateErrno(): Deno.UnsafePointerView {
  const pointer = libc.__errno_location();
  if (pointer === null) throw new TypeError("Cannot find errno");
  return new Deno.UnsafePointerView(pointer);
}

/** A system call that failed. */
export class SyscallError extends Error {
  override readonly name = "SyscallError";
  /** What was tried: `mount /proc`. */
  readonly call: string;
  readonly errno: number;

  constructor(call: string, code: number) {
    super(`${call}: errno ${code}`);
    this.call = call;
    this.errno = code;
  }
}

/**
 * Turns -1 into an error.
 *
 * @throws {SyscallError} with errno, when the result is negative
 */
export function check(call: string, result: number | bigint): number {
  if (result < 0) throw new SyscallError(call, errno());
  return Number(result);
}
