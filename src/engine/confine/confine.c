/*
 * confine: what must happen between fork and exec of a VMM, and nothing else. It takes the process into a session of its own, binds its life
 * to its supervisor's, takes away every way to gain rights, every descriptor but 0, 1, 2 and those that are named, and every file that is
 * not named; then it executes the VMM. What may be reached is decided by confinement.ts.
 *
 *   confine SUPERVISOR [RIGHTS:PATH | k:NUMBER]... -- PROGRAM [ARGUMENT]...
 *   confine landlock      prints the version of Landlock's interface in this kernel, 0 when it has none
 *
 * SUPERVISOR is the pid of the process that started this one. RIGHTS: r (read), w (read and write), x (read and execute), d (a device).
 * A path is a file or a folder with all below it; one that does not exist is left out, which takes rights away and gives none.
 * k:NUMBER keeps an inherited descriptor, 3 or above, under its number; numbers come in ascending order.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
  case 'd': return read | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_IOCTL_DEV;
  default: errno = EINVAL; fail("read", word);
  }
}

static int keeps(const char *word) { return word[0] == 'k' && word[1] == ':'; }

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
  for (int i = 0; i < count; i++) if (!keeps(words[i])) allow(rules, all.fs, words[i]);
  check(syscall(SYS_landlock_restrict_self, rules, 0), "restrict itself by Landlock");
  close(rules);
}

/* Linux before 5.9 has no close_range(2). */
static void close_between(unsigned first, unsigned last) {
  if (first > last || syscall(SYS_close_range, first, last, 0) == 0) return;
  for (unsigned end = (unsigned)sysconf(_SC_OPEN_MAX); first <= last && first < end; first++) close((int)first);
}

/* Closes every descriptor from 3 on but those of the words k:NUMBER, each of which must be open. */
static void close_others(char **words, int count) {
  unsigned first = 3;
  for (int i = 0; i < count; i++) {
    char *end;
    if (!keeps(words[i])) continue;
    unsigned long kept = strtoul(words[i] + 2, &end, 10);
    if (*end || end == words[i] + 2 || kept < first || kept > 0x7fffffff) { errno = EINVAL; fail("keep", words[i]); }
    if (fcntl((int)kept, F_GETFD) < 0) fail("keep", words[i]);
    close_between(first, (unsigned)kept - 1);
    first = (unsigned)kept + 1;
  }
  close_between(first, ~0U);
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
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  close_others(words + 2, program - 2);
  restrict_files(words + 2, program - 2);
  execve(words[program + 1], words + program + 1, environ);
  fail("run", words[program + 1]);
}
