/*
 * launch: what must happen between fork and exec, and nothing else. It reads a plan from descriptor 3 and makes its
 * system calls in order; the agent, which wrote the plan, has decided everything (plan.ts describes the format). On
 * descriptor 4 it tells the program's pid and, when a step fails, which step and why: records of two little-endian
 * u32, {IS_PID, pid} or {step, errno}. Where a plan makes a terminal, descriptor 5 is a socket for its other end.
 *
 * tests/contract/launch_operations_test.ts reads `enum op` and the cases of perform(), and compares them with plan.ts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PLAN = 3, STATUS = 4, TERMINAL_SOCKET = 5, MAX_STRINGS = 262144, SLOTS = 64, LAST_CAPABILITY = 63 };
enum { IS_PID = 0xffffffff };
#ifndef AT_RECURSIVE
enum { AT_RECURSIVE = 0x8000 };
#endif
#ifndef OPEN_TREE_CLONE
enum { OPEN_TREE_CLONE = 1 };
#endif
enum op {
  WRITE = 1, UNSHARE, FORK, MOUNT, MKDIR, MKNOD, SYMLINK, PIVOT, CHDIR, HOSTNAME, RLIMIT, UMASK, BOUNDING, CAPSET,
  SECCOMP, IDS, NO_NEW_PRIVS, SETSID, LOOPBACK, OPEN, BIND, SETNS, INIT, CHOWN, EXEC, TREE, MASK,
  TERMINAL
};
enum { IGNORE_MISSING = 1 }; /* flag of MOUNT: a target that is not there is left out */

/* Then come `numbers` times u64, then `strings` NUL-terminated strings, padded to a multiple of 8 bytes. */
struct head { uint16_t op, numbers; uint32_t strings; };

extern char **environ;
static uint32_t step;
static int slots[SLOTS];
static int has_terminal; /* descriptors 0 to 2 are one */
static char *strings[MAX_STRINGS + 2];

static void tell(uint32_t what, uint32_t value) {
  uint32_t record[2] = {what, value};
  while (write(STATUS, record, sizeof record) < 0 && errno == EINTR) {}
}
static _Noreturn void fail(int error) { tell(step, (uint32_t)error); _exit(125); }
static void check(long result) { if (result < 0) fail(errno); }

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  check(fd);
  check(write(fd, text, strlen(text)));
  close(fd);
}

/* The program becomes a child of the agent, not of this process (CLONE_PARENT); this process ends. */
static void fork_program(void) {
  long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
  check(pid);
  if (pid == 0) return;
  tell(IS_PID, (uint32_t)pid);
  _exit(0);
}

static void pivot(const char *root) {
  check(chdir(root));
  check(syscall(SYS_pivot_root, ".", "."));
  check(umount2(".", MNT_DETACH));
  check(chdir("/"));
}

/* A descriptor goes to the agent with one byte, because a message needs one (unix(7), SCM_RIGHTS). */
static void send_to_agent(int fd) {
  union { struct cmsghdr head; char bytes[CMSG_SPACE(sizeof fd)]; } control = {0};
  char byte = 0;
  struct iovec data = {&byte, 1};
  struct msghdr message = {
    .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(rights), &fd, sizeof fd);
  check(sendmsg(TERMINAL_SOCKET, &message, MSG_NOSIGNAL));
}

/* /dev/console of a container is its terminal: /dev/pts/N over a file that is made for it. */
static void bind_console(int master) {
  char path[32];
  int number, fd = open("/dev/console", O_WRONLY | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0600);
  check(fd);
  close(fd);
  check(ioctl(master, TIOCGPTN, &number));
  snprintf(path, sizeof path, "/dev/pts/%d", number);
  check(mount(path, "/dev/console", 0, MS_BIND, 0));
}

/*
 * A pseudo-terminal of the devpts that this root has becomes the controlling terminal of this session and its
 * descriptors 0 to 2; the agent gets the other end. What a container may have put in the place of /dev/ptmx is refused.
 */
static void open_terminal(unsigned rows, unsigned columns, int console) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  struct stat status;
  int locked = 0, master, fd;
  check(master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  check(fstat(master, &status));
  if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(5, 2)) fail(ENODEV);
  check(ioctl(master, TIOCSPTLCK, &locked));
  check(ioctl(master, TIOCSWINSZ, &size));
  check(fd = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (console) bind_console(master);
  check(ioctl(fd, TIOCSCTTY, 0));
  for (int to = 0; to <= 2; to++) check(dup2(fd, to));
  send_to_agent(master);
  close(fd);
  close(master);
  has_terminal = 1;
}

/* getcwd(2) gives a path without a leading slash for a directory outside the root: such a one is refused. */
static void change_directory(const char *path) {
  char where[4096];
  check(chdir(path));
  if (!getcwd(where, sizeof where)) fail(errno);
  if (where[0] != '/') fail(EXDEV);
}

/* Binds what a slot holds over a path inside the root; the path is made when the image lacks it. */
static void bind_slot(int tree, const char *target, uint64_t flags) {
  struct stat status;
  check(fstat(tree, &status));
  if (S_ISDIR(status.st_mode)) {
    if (mkdir(target, 0755) < 0 && errno != EEXIST) fail(errno);
  } else {
    int fd = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd >= 0) close(fd); else if (errno != EEXIST) fail(errno);
  }
  check(syscall(SYS_move_mount, tree, "", AT_FDCWD, target, 4 /* MOVE_MOUNT_F_EMPTY_PATH */));
  if (flags) check(mount(0, target, 0, MS_BIND | MS_REMOUNT | flags, 0));
}

static void loopback_up(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  check(fd);
  check(ioctl(fd, SIOCSIFFLAGS, &request));
  close(fd);
}

static void set_capabilities(uint64_t set) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  uint32_t low = (uint32_t)set, high = (uint32_t)(set >> 32);
  struct __user_cap_data_struct data[2] = {{low, low, 0}, {high, high, 0}};
  check(syscall(SYS_capset, &header, data));
}

static void set_ids(const uint64_t *numbers, unsigned count) { /* uid, gid, then groups */
  gid_t groups[65536];
  struct stat status;
  /* Pipes and terminal become the user's: a program may open /dev/stdout by name, which only the owner can. */
  for (int fd = 0; fd <= 2; fd++)
    if (has_terminal || (fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode)))
      check(fchown(fd, (uid_t)numbers[0], (gid_t)-1));
  for (unsigned i = 2; i < count; i++) groups[i - 2] = (gid_t)numbers[i];
  check(setgroups(count - 2, groups));
  check(setresgid((gid_t)numbers[1], (gid_t)numbers[1], (gid_t)numbers[1]));
  check(setresuid((uid_t)numbers[0], (uid_t)numbers[0], (uid_t)numbers[0]));
}

/* By the system call: sigaction(3) refuses signals 32 and 33, which musl uses, and posix_spawn leaves them ignored. */
static void default_signals(void) {
  static const uint64_t by_default[4];
  sigset_t none;
  for (int number = 1; number <= 64; number++) syscall(SYS_rt_sigaction, number, by_default, 0, 8);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
}

/* Process 1 for programs that expect one: it forwards signals, reaps, and exits with the program's code. */
static void become_init(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, 0);
  pid_t child = fork();
  check(child);
  if (child == 0) {
    setpgid(0, 0);
    if (has_terminal) tcsetpgrp(0, getpid()); /* SIGTTOU is blocked yet */
    default_signals();
    return;
  }
  syscall(SYS_close_range, 0, ~0U, 0); /* this process never calls exec, which would close them */
  for (;;) {
    int number = 0, status;
    sigwait(&all, &number);
    if (number != SIGCHLD) { kill(-child, number); continue; }
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
      if (pid == child) _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  }
}

/*
 * Descriptor 0 may be the VM's /dev/null, whose mode and owner the program could change: the container's own takes its
 * place, unless the container has something else under that name.
 */
static void own_null(void) {
  struct stat status;
  if (fstat(0, &status) < 0 || !S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3)) return;
  int fd = open("/dev/null", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return;
  if (fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3)) dup2(fd, 0);
  close(fd);
}

/* argv, then environment; PATH of that environment is searched. */
static _Noreturn void execute(uint64_t arguments, uint32_t count) {
  memmove(strings + arguments + 1, strings + arguments, (count - arguments) * sizeof *strings);
  strings[arguments] = 0;
  strings[count + 1] = 0;
  environ = strings + arguments + 1;
  own_null();
  execvp(strings[0], strings);
  fail(errno);
}

static int *slot(uint64_t number) {
  if (number >= SLOTS) fail(EINVAL);
  return &slots[number];
}

static void mount_step(char **s, unsigned long flags, uint64_t options) {
  const char *source = s[0][0] ? s[0] : 0, *type = s[2][0] ? s[2] : 0, *data = s[3][0] ? s[3] : 0;
  if (mount(source, s[1], type, flags, data) == 0) return;
  if (!(options & IGNORE_MISSING && errno == ENOENT)) fail(errno);
}

/* Drops every capability that is not in the set and that this kernel has. */
static void limit_capabilities(uint64_t set) {
  for (int i = 0; i <= LAST_CAPABILITY; i++)
    if (!(set >> i & 1) && prctl(PR_CAPBSET_READ, i) > 0) check(prctl(PR_CAPBSET_DROP, i, 0, 0, 0));
}

static void set_limit(int resource, rlim_t soft, rlim_t hard) {
  struct rlimit limit = {soft, hard};
  check(setrlimit(resource, &limit));
}

static void set_filter(const uint64_t *instructions, uint16_t count) {
  struct sock_fprog program = {count, (struct sock_filter *)instructions};
  check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

static void clone_tree(int *to, const char *path, int with_mounts_below) {
  unsigned flags = (with_mounts_below ? AT_RECURSIVE : 0) | OPEN_TREE_CLONE | O_CLOEXEC;
  check(*to = (int)syscall(SYS_open_tree, AT_FDCWD, path, flags));
}

/* Hides a path: a file behind /dev/null, a folder behind an empty read-only one; a path that is not there is left. */
static void mask(const char *path) {
  if (mount("/dev/null", path, 0, MS_BIND, 0) == 0)
    check(mount(0, path, 0, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC, 0));
  else if (errno == ENOTDIR)
    check(mount("tmpfs", path, "tmpfs", MS_RDONLY, "size=0k"));
  else if (errno != ENOENT)
    fail(errno);
}

static void perform(const struct head *head, const uint64_t *n) {
  char **s = strings;
  switch ((enum op)head->op) {
  case WRITE: write_file(s[0], s[1]); break;
  case UNSHARE: check(unshare((int)n[0])); break;
  case FORK: fork_program(); break;
  case MOUNT: mount_step(s /* s[0] to s[3] */, n[0], n[1]); break;
  case MKDIR: if (mkdir(s[0], (mode_t)n[0]) < 0 && errno != EEXIST) fail(errno); break;
  case MKNOD: check(mknod(s[0], (mode_t)n[0], makedev((unsigned)n[1], (unsigned)n[2]))); break;
  case SYMLINK: check(symlink(s[0], s[1])); break;
  case PIVOT: pivot(s[0]); break;
  case CHDIR: change_directory(s[0]); break;
  case HOSTNAME: check(sethostname(s[0], strlen(s[0]))); break;
  case RLIMIT: set_limit((int)n[0], n[1], n[2]); break;
  case UMASK: umask((mode_t)n[0]); break;
  case BOUNDING: limit_capabilities(n[0]); break;
  case CAPSET: set_capabilities(n[0]); break;
  case SECCOMP: set_filter(n, head->numbers); break;
  case IDS: set_ids(n, head->numbers); break;
  case NO_NEW_PRIVS: check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); break;
  case SETSID: check(setsid()); break;
  case LOOPBACK: loopback_up(); break;
  case OPEN: check(*slot(n[0]) = open(s[0], O_RDONLY | O_CLOEXEC)); break;
  case TREE: clone_tree(slot(n[0]), s[0], (int)n[1]); break;
  case BIND: bind_slot(*slot(n[0]), s[0], n[1]); break;
  case SETNS: check(setns(*slot(n[0]), (int)n[1])); break;
  case INIT: become_init(); break;
  case CHOWN: check(lchown(s[0], (uid_t)n[0], (gid_t)n[1])); break;
  case MASK: mask(s[0]); break;
  case TERMINAL: open_terminal((unsigned)n[0], (unsigned)n[1], (int)n[2]); break;
  case EXEC: execute(n[0], head->strings);
  default: fail(ENOSYS);
  }
}

int main(void) {
  struct stat status;
  prctl(PR_SET_DUMPABLE, 0); /* until exec, so that a container's processes can neither trace it nor open its files */
  default_signals();
  check(fstat(PLAN, &status));
  const char *plan = mmap(0, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, PLAN, 0);
  if (plan == MAP_FAILED) fail(errno);
  check((long)syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */));
  const char *end = plan + status.st_size;
  for (const char *at = plan; at < end; step++) {
    const struct head *head = (const void *)at;
    const uint64_t *numbers = (const void *)(at + sizeof *head);
    char *text = (char *)(numbers + head->numbers);
    if (head->strings > MAX_STRINGS) fail(E2BIG);
    for (uint32_t i = 0; i < head->strings; i++, text += strlen(text) + 1) strings[i] = text;
    perform(head, numbers);
    at += ((size_t)(text - at) + 7) & ~(size_t)7;
  }
  fail(EINVAL); /* a plan without EXEC */
}
