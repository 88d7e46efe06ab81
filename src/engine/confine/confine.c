/*
 * confine: what must happen between fork and exec of a VMM, and nothing else. It takes the process into a session of its own, binds its life
 * to its supervisor's, raises its limit of open files to the one that it may have, takes away every way to gain rights, every descriptor but 0, 1, 2 and those that are named, and every file that is
 * not named; then it executes the VMM. What may be reached is decided by confinement.ts.
 *
 *   confine SUPERVISOR [b:NAME:PATH | o:NAME:PATH]... [RIGHTS:PATH | k:NUMBER | f:NUMBER:PATH | m:NUMBER:PATH]... -- PROGRAM [ARGUMENT]...
 *   confine landlock      prints the version of Landlock's interface in this kernel, 0 when it has none
 *
 * SUPERVISOR is the pid of the process that started this one. RIGHTS: r (read), w (read and write), x (read and execute), d (a device),
 * s (a shared folder: all that is done with files and folders, but no device and no setuid file is made).
 * A path is a file or a folder with all below it; one that does not exist is left out, which takes rights away and gives none.
 * k:NUMBER keeps an inherited descriptor, 3 or above, under its number. f opens a file for reading under that number, m a copy of it in
 * memory, which only this program has; holes stay holes. Numbers come in ascending order.
 * b (o: read-only, by the kernel) binds a file or a folder at /sys/NAME, in a mount namespace of the program's own, whose /sys holds nothing
 * else; NAME has one slash at most. It takes root, or a kernel that lets a user have namespaces.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights and scopes by the version of the interface that brought them (Documentation/userspace-api/landlock.rst). */
#define FS_1 ((1ULL << 13) - 1)
#define FS_REFER (1ULL << 13)     /* 2 */
#define FS_TRUNCATE (1ULL << 14)  /* 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* 5 */
#define NET_TCP 3ULL              /* 4: bind and connect */
#define SCOPE_ALL 3ULL            /* 6: abstract sockets and signals */
/* All but execution, and MAKE_CHAR and MAKE_BLOCK. */
#define OF_SHARES (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE | \
  LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
  LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM | FS_REFER | FS_TRUNCATE)
#define OF_FILES (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

struct attributes { uint64_t fs, net, scoped; }; /* struct landlock_ruleset_attr, whose fields came one by one */

extern char **environ;

static _Noreturn void fail(const char *what, const char *subject) {
  fprintf(stderr, "confine: cannot %s%s%s: %s\n", what, *subject ? " " : "", subject, strerror(errno));
  exit(125);
}
static void check(long result, const char *what) { if (result < 0) fail(what, ""); }

/* 0 where the kernel has no Landlock, or has it turned off. */
static long landlock_version(void) {
  long version = syscall(SYS_landlock_create_ruleset, 0, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : version;
}

static uint64_t rights_of(const char *word) {
  uint64_t read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  switch (word[0] && word[1] == ':' ? word[0] : 0) {
  case 'r': return read;
  case 'x': return read | LANDLOCK_ACCESS_FS_EXECUTE;
  case 'w': return read | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE;
  case 's': return OF_SHARES;
  case 'd': return read | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_IOCTL_DEV;
  default: errno = EINVAL; fail("read", word);
  }
}

static int binds(const char *word) { return (word[0] == 'b' || word[0] == 'o') && word[1] == ':'; }
static int keeps(const char *word) { return (word[0] == 'k' || word[0] == 'f' || word[0] == 'm') && word[1] == ':'; }

static void allow(int rules, uint64_t handled, const char *word) {
  struct landlock_path_beneath_attr rule = {.allowed_access = rights_of(word) & handled};
  struct stat status;
  rule.parent_fd = open(word + 2, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0 || fstat(rule.parent_fd, &status) < 0) return;
  if (!S_ISDIR(status.st_mode)) rule.allowed_access &= OF_FILES;
  if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0) fail("allow", word + 2);
  close(rule.parent_fd);
}

/* Everything is refused that the kernel can refuse, then the words' files are allowed. */
static void restrict_files(char **words, int count) {
  long version = landlock_version();
  if (version == 0) return;
  struct attributes all = {FS_1, 0, 0};
  if (version >= 2) all.fs |= FS_REFER;
  if (version >= 3) all.fs |= FS_TRUNCATE;
  if (version >= 4) all.net = NET_TCP;
  if (version >= 5) all.fs |= FS_IOCTL_DEV;
  if (version >= 6) all.scoped = SCOPE_ALL;
  size_t size = version >= 6 ? sizeof all : version >= 4 ? 2 * sizeof all.fs : sizeof all.fs;
  int rules = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
  check(rules, "make Landlock's rules");
  for (int i = 0; i < count; i++) if (!keeps(words[i]) && !binds(words[i])) allow(rules, all.fs, words[i]);
  check(syscall(SYS_landlock_restrict_self, rules, 0), "restrict itself by Landlock");
  close(rules);
}

/* Linux before 5.9 has no close_range(2). */
static void close_between(unsigned first, unsigned last) {
  if (first > last || syscall(SYS_close_range, first, last, 0) == 0) return;
  for (unsigned end = (unsigned)sysconf(_SC_OPEN_MAX); first <= last && first < end; first++) close((int)first);
}

/* What the word f:NUMBER:PATH or m:NUMBER:PATH opens. */
static int open_named(const char *word, const char *path) {
  struct stat status;
  int from = open(path, O_RDONLY), to;
  if (from < 0 || fstat(from, &status) < 0) fail("open", path);
  if (word[0] == 'f') return from;
  to = memfd_create("memory", 0);
  if (to < 0 || ftruncate(to, status.st_size) < 0) fail("copy into memory", path);
  char *bytes = mmap(0, (size_t)status.st_size, PROT_READ, MAP_SHARED, from, 0);
  if (bytes == MAP_FAILED) fail("map", path);
  for (off_t at = 0, end; (at = lseek(from, at, SEEK_DATA)) >= 0;) {
    if ((end = lseek(from, at, SEEK_HOLE)) < 0) fail("look for holes of", path);
    for (ssize_t written; at < end; at += written)
      if ((written = pwrite(to, bytes + at, (size_t)(end - at), at)) <= 0) fail("copy into memory", path);
  }
  munmap(bytes, (size_t)status.st_size);
  close(from);
  return to;
}

/* The words with a path are opened before anything is closed, each under its number. */
static void open_all(char **words, int count) {
  for (int i = 0; i < count; i++) {
    if (!keeps(words[i]) || words[i][0] == 'k') continue;
    char *path = strchr(words[i] + 2, ':');
    if (!path) { errno = EINVAL; fail("read", words[i]); }
    int opened = open_named(words[i], path + 1), number = atoi(words[i] + 2);
    if (opened == number) continue;
    if (dup2(opened, number) < 0) fail("open", path + 1);
    close(opened);
  }
}

/* Closes every descriptor from 3 on but those of the words with a number, each of which must be open. */
static void close_others(char **words, int count) {
  unsigned first = 3;
  for (int i = 0; i < count; i++) {
    char *end;
    if (!keeps(words[i])) continue;
    unsigned long kept = strtoul(words[i] + 2, &end, 10);
    if (*end != (words[i][0] == 'k' ? 0 : ':') || end == words[i] + 2 || kept < first || kept > 0x7fffffff) { errno = EINVAL; fail("keep", words[i]); }
    if (fcntl((int)kept, F_GETFD) < 0) fail("keep", words[i]);
    close_between(first, (unsigned)kept - 1);
    first = (unsigned)kept + 1;
  }
  close_between(first, ~0U);
}

#if defined __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#else
#define ARCH AUDIT_ARCH_AARCH64
#endif
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
#define REFUSE(code) RETURN(SECCOMP_RET_ERRNO | (code))
/* The call whose argument of that place is a mode: refused with the setuid bit, which is in its lower half. */
#define MODE(call, place) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4), LOAD(args[place]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, S_ISUID, 0, 1), REFUSE(EPERM), \
  RETURN(SECCOMP_RET_ALLOW)

/*
 * A guest must not make files that run on the host as whoever shares them. The mode of openat2 stands in memory, where a filter cannot see
 * it, so that there is no openat2: file servers do without. Without a setuid bit nothing is refused.
 */
static void refuse_setuid(char **words, int count) {
  struct sock_filter program[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
    REFUSE(ENOSYS),
    MODE(SYS_fchmod, 1),
    MODE(SYS_fchmodat, 2),
    MODE(452 /* fchmodat2 */, 2),
    MODE(SYS_mknodat, 2),
    MODE(SYS_openat, 3),
#ifdef SYS_chmod
    MODE(SYS_chmod, 1),
    MODE(SYS_mknod, 1),
    MODE(SYS_open, 2),
    MODE(SYS_creat, 1),
#endif
    RETURN(SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof program / sizeof *program, program};
  int shares = 0;
  for (int i = 0; i < count; i++) shares |= words[i][0] == 's' && words[i][1] == ':';
  if (shares) check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0), "refuse setuid files");
}

static void put(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) fail("make the namespace that shared files and more than three folders need:", path);
  close(fd);
}

/* A user other than root has mount namespaces only below a user namespace, in which it stays the user that it is. */
static void unshare_mounts(void) {
  char text[64];
  uid_t user = geteuid();
  gid_t group = getegid();
  if (unshare(CLONE_NEWNS) < 0) {
    check(unshare(CLONE_NEWUSER | CLONE_NEWNS), "make the namespace that shared files and more than three folders need");
    put("/proc/self/setgroups", "deny");
    snprintf(text, sizeof text, "%u %u 1", user, user);
    put("/proc/self/uid_map", text);
    snprintf(text, sizeof text, "%u %u 1", group, group);
    put("/proc/self/gid_map", text);
  }
  check(mount("", "/", "", MS_REC | MS_PRIVATE, ""), "make its mounts private");
}

struct mount_attributes { uint64_t set, clear, propagation, user_namespace; }; /* struct mount_attr */

static void make_read_only(int fd, const char *path, unsigned flags) {
  struct mount_attributes read_only = {.set = 1 /* MOUNT_ATTR_RDONLY */};
  if (syscall(SYS_mount_setattr, fd, path, flags, &read_only, sizeof read_only) < 0) fail("make read-only", path);
}

/* Binds PATH of a word NAME:PATH at /sys/NAME; `tree` is the clone of what is at PATH. */
static void bind_shared(int tree, char *word) {
  char place[256], *slash = strchr(word + 2, '/'), *end = strchr(word + 2, ':');
  struct stat status;
  check(fstat(tree, &status), "look at what is shared");
  if (slash && slash < end) {
    snprintf(place, sizeof place, "/sys/%.*s", (int)(slash - word - 2), word + 2);
    if (mkdir(place, 0755) < 0 && errno != EEXIST) fail("make", place);
  }
  snprintf(place, sizeof place, "/sys/%.*s", (int)(end - word - 2), word + 2);
  if (S_ISDIR(status.st_mode) ? mkdir(place, 0755) < 0 : mknod(place, S_IFREG | 0644, 0) < 0) fail("make", place);
  if (word[0] == 'o') make_read_only(tree, "", AT_EMPTY_PATH | 0x8000 /* AT_RECURSIVE */);
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, place, 4 /* MOVE_MOUNT_F_EMPTY_PATH */) < 0) fail("share", end + 1);
  close(tree);
}

/* What is shared is cloned before /sys is covered, because it may lie below. */
static void bind_all(char **words, int count) {
  int trees[count + 1], found = 0;
  for (int i = 0; i < count; i++) found += binds(words[i]);
  if (!found) return;
  unshare_mounts();
  for (int i = 0; i < count; i++) {
    char *path = binds(words[i]) ? strchr(words[i] + 2, ':') : 0;
    if (!binds(words[i])) continue;
    if (!path) { errno = EINVAL; fail("read", words[i]); }
    trees[i] = (int)syscall(SYS_open_tree, AT_FDCWD, path + 1, 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC | 0x8000 /* AT_RECURSIVE */);
    if (trees[i] < 0) fail("share", path + 1);
  }
  check(mount("shares", "/sys", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755"), "make a place for what is shared");
  for (int i = 0; i < count; i++) if (binds(words[i])) bind_shared(trees[i], words[i]);
  make_read_only(AT_FDCWD, "/sys", 0);
}

/*
 * A server of shared files has one open for each that the guest remembers: all are allowed that this user may have. Root
 * may have what the kernel allows (fs.nr_open, 1,048,576 unless it was set) where the hard limit is the kernel's 4,096.
 */
static void allow_open_files(void) {
  struct rlimit limit, most = {1 << 20, 1 << 20};
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  if (limit.rlim_max < most.rlim_max && setrlimit(RLIMIT_NOFILE, &most) == 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/* The supervisor may have ended before the bond was made. */
static void end_with(pid_t supervisor) {
  check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "end with its supervisor");
  if (getppid() != supervisor) raise(SIGKILL);
}

int main(int count, char **words) {
  struct rlimit no_core = {0, 0};
  sigset_t none;
  int program = 2;
  if (count == 2 && !strcmp(words[1], "landlock")) return printf("%ld\n", landlock_version()) < 0;
  while (program < count && strcmp(words[program], "--")) program++;
  if (program + 1 >= count) { errno = EINVAL; fail("run", "nothing"); }
  end_with((pid_t)atol(words[1]));
  if (setsid() < 0 && getsid(0) != getpid()) fail("leave its session", "");
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "give up gaining rights");
  check(setrlimit(RLIMIT_CORE, &no_core), "give up core files"); /* they would hold the guest's memory */
  allow_open_files();
  bind_all(words + 2, program - 2);
  end_with((pid_t)atol(words[1])); /* a user namespace changes credentials, which may undo the bond */
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  open_all(words + 2, program - 2);
  close_others(words + 2, program - 2);
  restrict_files(words + 2, program - 2);
  refuse_setuid(words + 2, program - 2);
  execve(words[program + 1], words + program + 1, environ);
  fail("run", words[program + 1]);
}
