/*
 * copy: both ends of `smolvm cp`, on the host and in the guest. In a root it tells what is at a path, writes a tar of a
 * path to stdout, or makes files of a tar on stdin. Where things land is decided by src/copy/placing.ts.
 *
 *   copy stat ROOT PATH             three letters (PATH itself, what it leads to, its folder: d f l o, - for nothing),
 *                                   a newline, and the path that PATH leads to
 *   copy pack ROOT PATH NAME [L]    PATH as the entry NAME (`.`: its content); L: follows PATH where it is a link
 *   copy unpack ROOT FOLDER [o|u]   owners: o as in the tar, u whoever runs this, else root
 *   copy hex WORD...                the same, each word as the hexadecimal digits of its bytes
 *
 * ROOT is `/`, or the name of a container's cgroup, whose process 1 has the root. chroot(2) comes before the first path,
 * so a link leads nowhere but into ROOT; and below FOLDER unpack follows no link at all (openat2(2)). A tar is written as POSIX.1-2001 pax with SCHILY.xattr records and GNU's sparse format 1.0. One line on stderr
 * and exit 1 say what failed. One buffer of 256 KiB, a record per hard-linked file (pack) and per folder (unpack).
 */
#include "tar.h"
#include <sys/prctl.h>
#include <sys/resource.h>

char chunk[CHUNK];
int incomplete;
char owners;

_Noreturn void fail(const char *name, const char *reason) {
  fprintf(stderr, "%s: %s\n", name, reason);
  exit(1);
}
_Noreturn void fail_errno(const char *name) { fail(name, strerror(errno)); }

void append(struct text *to, const void *bytes, size_t count) {
  if (to->length + count + 1 > to->room) {
    to->room = (to->length + count + 1) * 2;
    if (!(to->bytes = realloc(to->bytes, to->room))) fail("memory", strerror(ENOMEM));
  }
  memcpy(to->bytes + to->length, bytes, count);
  to->bytes[to->length += count] = 0;
}
void cut(struct text *text, size_t length) { text->bytes[text->length = length] = 0; }

/* Attributes that anybody may set: no tar gives a program of the host rights. */
int is_kept_xattr(const char *name) {
  return strncmp(name, "user.", 5) == 0;
}

static char kind(const char *path, int flags) {
  struct stat status;
  if (fstatat(AT_FDCWD, path, &status, flags) < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return '-';
    fail_errno(path);
  }
  return S_ISDIR(status.st_mode) ? 'd' : S_ISREG(status.st_mode) ? 'f' : S_ISLNK(status.st_mode) ? 'l' : 'o';
}
static void folder_of(const char *path, char folder[PATH_MAX]) {
  snprintf(folder, PATH_MAX, "%s", path);
  char *end = folder + strlen(folder);
  while (end > folder + 1 && end[-1] == '/') *--end = 0;
  while (end > folder && end[-1] != '/') *--end = 0;
  if (!*folder) strcpy(folder, "/");
}
static void tell_kinds(const char *path) {
  char real[PATH_MAX], folder[PATH_MAX], target[PATH_MAX], next[2 * PATH_MAX];
  char itself = kind(path, AT_SYMLINK_NOFOLLOW), led = kind(path, 0);
  /* What a link to nothing would lead to, over at most 10 links, as Docker has it. */
  for (int links = 0; led == '-' && links < 10 && kind(path, AT_SYMLINK_NOFOLLOW) == 'l'; links++) {
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0) fail_errno(path);
    target[length] = 0;
    folder_of(path, folder);
    snprintf(next, sizeof next, "%s%s%s", *target == '/' ? "" : folder, *target == '/' ? "" : "/", target);
    path = strdup(next);
  }
  folder_of(path, folder);
  printf("%c%c%c\n%s", itself, led, kind(folder, 0), realpath(path, real) ? real : path);
}

/* Whether a process is process 1 of its own pid namespace (proc(5), NSpid). */
static int is_first(const char *pid) {
  char path[64], line[256];
  int found = 0;
  snprintf(path, sizeof path, "/proc/%s/status", pid);
  FILE *file = fopen(path, "re");
  while (file && fgets(line, sizeof line, file))
    if (strncmp(line, "NSpid:", 6) == 0) found = strcmp(strrchr(line, '\t'), "\t1\n") == 0;
  if (file) fclose(file);
  return found;
}
static void enter_container(const char *cgroup) {
  char path[PATH_MAX], pid[32];
  snprintf(path, sizeof path, "/sys/fs/cgroup/%s/cgroup.procs", cgroup);
  FILE *file = fopen(path, "re");
  while (file && fgets(pid, sizeof pid, file)) {
    pid[strcspn(pid, "\n")] = 0;
    if (!is_first(pid)) continue;
    snprintf(path, sizeof path, "/proc/%s/root", pid);
    if (chdir(path) < 0 || chroot(".") < 0) fail_errno(cgroup);
    fclose(file);
    return;
  }
  fail("container", "it is not running");
}

/* Digits become bytes in place. */
static void from_hex(char *word) {
  char *to = word;
  for (char *at = word; at[0] && at[1]; at += 2) *to++ = (char)strtol((char[]){at[0], at[1], 0}, 0, 16);
  *to = 0;
}

int main(int count, char **words) {
  struct rlimit limit;
  if (count > 1 && strcmp(words[1], "hex") == 0) {
    words++;
    count--;
    for (int i = 1; i < count; i++) from_hex(words[i]);
  }
  if (count < 4) fail("copy", "stat, pack or unpack, a root and a path are needed");
  const char *path = words[3], *last = count > 4 ? words[count - 1] : "";
  prctl(PR_SET_DUMPABLE, 0); /* programs of the root can neither trace this one nor open its files */
  umask(0);
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) { /* one descriptor for each level of folders */
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (strcmp(words[2], "/") != 0) enter_container(words[2]);
  if (chdir("/") < 0) fail_errno("/");
  if (strcmp(words[1], "stat") == 0) {
    tell_kinds(path);
  } else if (strcmp(words[1], "pack") == 0 && count > 4) {
    struct text name = {0};
    static const char end[2 * BLOCK];
    append(&name, words[4], strlen(words[4]));
    pack(AT_FDCWD, path, &name, count > 5 && strcmp(last, "L") == 0 ? 0 : AT_SYMLINK_NOFOLLOW);
    put(end, sizeof end);
  } else if (strcmp(words[1], "unpack") == 0) {
    if (chdir(path) < 0) fail_errno(path);
    owners = *last == 'o' || *last == 'u' ? *last : 0;
    unpack();
  } else fail("copy", "stat, pack or unpack is needed");
  return incomplete;
}
