/*
 * What programs expect of a folder that they work in, as system calls: `calls FOLDER` makes them there, and says a line for
 * each expectation, `NAME: ok` or what was found instead. The same on every filesystem of Linux that keeps attributes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { EXCHANGE = 2, NOREPLACE = 1, LISTED = 1000, LINES = 300 };

static const char *now; /* the expectation under way */
static int bad;
static void found(int holds, const char *what) {
  if (holds) return;
  printf("%s: %s (%s)\n", now, what, strerror(errno));
  bad = 1;
}
#define EXPECT(holds) found((holds), #holds)
#define FAILS(call, code) do { errno = 0; int result_ = (int)(call); found(result_ < 0 && errno == (code), #call " is " #code); } while (0)

static void put(const char *name, const char *text) {
  int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  EXPECT(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}
static int holds(const char *name, const char *text) {
  char buffer[4096];
  int fd = open(name, O_RDONLY);
  ssize_t count = fd < 0 ? -1 : read(fd, buffer, sizeof buffer);
  if (fd >= 0) close(fd);
  return count == (ssize_t)strlen(text) && memcmp(buffer, text, (size_t)count) == 0;
}
static struct stat of(const char *name) {
  struct stat status = {0};
  EXPECT(lstat(name, &status) == 0);
  return status;
}
/* Runs in a child; @returns its exit code. */
#define IN_CHILD(code) ({ int status_; pid_t pid_ = fork(); if (pid_ == 0) { code; _exit(99); } waitpid(pid_, &status_, 0); WEXITSTATUS(status_); })

static void readonly_from_birth(void) { /* git makes its objects so */
  int fd = open("ro", O_WRONLY | O_CREAT | O_EXCL, 0444);
  EXPECT(fd >= 0 && write(fd, "object", 6) == 6 && close(fd) == 0 && holds("ro", "object"));
  EXPECT((of("ro").st_mode & 0777) == 0444);
}
static void unlinked_while_open(void) {
  char byte[8] = "";
  struct stat status;
  int fd = open("gone", O_RDWR | O_CREAT, 0600);
  EXPECT(fd >= 0 && write(fd, "123456", 6) == 6 && unlink("gone") == 0);
  EXPECT(ftruncate(fd, 3) == 0 && fstat(fd, &status) == 0 && status.st_size == 3 && status.st_nlink == 0);
  EXPECT(pwrite(fd, "x", 1, 4) == 1 && pread(fd, byte, 5, 0) == 5 && memcmp(byte, "123\0x", 5) == 0);
  EXPECT(fchmod(fd, 0640) == 0 && fsync(fd) == 0 && close(fd) == 0);
  FAILS(access("gone", F_OK), ENOENT);
}
static void renamed_while_open(void) {
  put("old", "old");
  put("other", "other");
  int fd = open("old", O_RDWR | O_APPEND), lost = open("other", O_RDONLY);
  char byte[8];
  EXPECT(rename("old", "new") == 0 && write(fd, "+", 1) == 1 && holds("new", "old+"));
  EXPECT(rename("new", "other") == 0 && write(fd, "+", 1) == 1 && holds("other", "old++"));
  EXPECT(read(lost, byte, 8) == 5 && memcmp(byte, "other", 5) == 0);
  close(fd), close(lost);
}
static void rename_flags(void) {
  put("a", "a");
  put("b", "b");
  mkdir("da", 0755), mkdir("db", 0755), mkdir("db/full", 0755);
  EXPECT(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", EXCHANGE) == 0 && holds("a", "b") && holds("b", "a"));
  EXPECT(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "db", EXCHANGE) == 0 && holds("db", "b") && access("a/full", F_OK) == 0);
  EXPECT(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "db", EXCHANGE) == 0);
  FAILS(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", NOREPLACE), EEXIST);
  EXPECT(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "free", NOREPLACE) == 0 && holds("free", "b"));
  FAILS(rename("da", "db"), ENOTEMPTY);
  FAILS(rename("da", "b"), ENOTDIR);
  FAILS(rename("b", "da"), EISDIR);
  FAILS(rename("db", "db/full/in"), EINVAL);
  EXPECT(rename("db", "moved") == 0 && rename("da", "db") == 0 && access("moved/full", F_OK) == 0);
  FAILS(rmdir("moved"), ENOTEMPTY);
  FAILS(unlink("moved"), EISDIR);
}
static void hard_links(void) {
  put("first", "1");
  EXPECT(link("first", "second") == 0 && of("first").st_ino == of("second").st_ino && of("first").st_nlink == 2);
  int fd = open("second", O_WRONLY | O_APPEND);
  EXPECT(write(fd, "2", 1) == 1 && close(fd) == 0 && holds("first", "12"));
  EXPECT(unlink("first") == 0 && of("second").st_nlink == 1 && holds("second", "12"));
  FAILS(link("second", "second"), EEXIST);
  EXPECT(symlink("second", "sl") == 0 && link("sl", "sl2") == 0 && S_ISLNK(of("sl2").st_mode));
}
static void nameless_file(void) { /* a filesystem may do without, and programs ask for EOPNOTSUPP then */
  char path[64];
  int fd = open(".", O_TMPFILE | O_RDWR, 0600);
  if (fd < 0) { found(errno == EOPNOTSUPP || errno == EISDIR, "O_TMPFILE"); return; }
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  EXPECT(write(fd, "t", 1) == 1 && linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW) == 0 && holds("named", "t"));
}
static void synced(void) {
  int folder = open(".", O_RDONLY | O_DIRECTORY), fd = open("synced", O_RDWR | O_CREAT, 0600);
  EXPECT(fsync(folder) == 0 && fsync(fd) == 0 && fdatasync(fd) == 0 && syncfs(fd) == 0);
}
static void mapped(void) {
  int fd = open("map", O_RDWR | O_CREAT, 0600), other = open("map", O_RDWR);
  char byte[4];
  EXPECT(ftruncate(fd, 8192) == 0);
  char *one = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), *two = mmap(0, 8192, PROT_READ, MAP_SHARED, other, 0);
  EXPECT(one != MAP_FAILED && two != MAP_FAILED);
  EXPECT(IN_CHILD(strcpy(one + 4096, "kid"); _exit(msync(one, 8192, MS_SYNC) < 0)) == 0);
  EXPECT(strcmp(two + 4096, "kid") == 0 && pread(other, byte, 4, 4096) == 4 && strcmp(byte, "kid") == 0);
  EXPECT(pwrite(other, "written", 8, 0) == 8 && strcmp(one, "written") == 0);
  EXPECT(munmap(one, 8192) == 0 && munmap(two, 8192) == 0);
}
static void locked(void) {
  int fd = open("lock", O_RDWR | O_CREAT, 0600);
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET}, part = {.l_type = F_WRLCK, .l_start = 10, .l_len = 5};
  EXPECT(flock(fd, LOCK_EX) == 0);
  EXPECT(IN_CHILD(_exit(flock(open("lock", O_RDWR), LOCK_EX | LOCK_NB) < 0 ? errno : 0)) == EWOULDBLOCK);
  EXPECT(flock(fd, LOCK_UN) == 0 && IN_CHILD(_exit(flock(open("lock", O_RDWR), LOCK_EX | LOCK_NB))) == 0);
  EXPECT(fcntl(fd, F_SETLK, &part) == 0);
  EXPECT(IN_CHILD(_exit(fcntl(fd, F_SETLK, &whole) < 0 ? errno : 0)) == EAGAIN);
  EXPECT(IN_CHILD(whole.l_len = 10; _exit(fcntl(fd, F_SETLK, &whole))) == 0);
  EXPECT(IN_CHILD(part.l_pid = 0; fcntl(fd, F_GETLK, &part); _exit(part.l_type == F_WRLCK && part.l_pid == getppid())) == 1);
  int description = open("lock", O_RDWR);
  part.l_pid = 0;
  FAILS(fcntl(description, F_OFD_SETLK, &part), EAGAIN);
}
static void told_of_changes(void) {
  char buffer[8192];
  uint32_t seen = 0;
  int notify = inotify_init1(IN_NONBLOCK);
  mkdir("watched", 0755);
  EXPECT(inotify_add_watch(notify, "watched", IN_ALL_EVENTS) >= 0);
  put("watched/a", "1");
  EXPECT(rename("watched/a", "watched/b") == 0 && chmod("watched/b", 0600) == 0 && unlink("watched/b") == 0);
  for (struct pollfd one = {notify, POLLIN, 0}; poll(&one, 1, 500) > 0;) {
    ssize_t count = read(notify, buffer, sizeof buffer);
    for (char *at = buffer; at < buffer + count;) {
      struct inotify_event *event = (void *)at;
      seen |= event->mask;
      at += sizeof *event + event->len;
    }
  }
  uint32_t wanted = IN_CREATE | IN_OPEN | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE;
  EXPECT((seen & wanted) == wanted);
}
static void names(void) {
  char long_name[300], *odd[] = {"\xff\xfe", "a\nb", " ", "\xc3\x28", "-rf", "*"};
  memset(long_name, 'n', sizeof long_name);
  mkdir("names", 0755);
  EXPECT(chdir("names") == 0);
  long_name[255] = 0;
  put(long_name, "255");
  EXPECT(holds(long_name, "255"));
  long_name[255] = 'n', long_name[256] = 0;
  FAILS(open(long_name, O_CREAT | O_WRONLY, 0600), ENAMETOOLONG);
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) put(odd[i], odd[i]);
  int known = 0, others = 0;
  DIR *list = opendir(".");
  for (struct dirent *one; (one = readdir(list));) {
    int is = strlen(one->d_name) == 255;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) is |= strcmp(one->d_name, odd[i]) == 0 && holds(odd[i], odd[i]);
    if (is) known++; else others++;
  }
  closedir(list);
  EXPECT(known == 7 && others == 2);
  EXPECT(chdir("..") == 0);
}
static void attributes(void) {
  static char large[2000], back[4096];
  put("attr", "");
  EXPECT(setxattr("attr", "user.one", "\0\xff", 2, 0) == 0 && getxattr("attr", "user.one", back, sizeof back) == 2 && !memcmp(back, "\0\xff", 2));
  FAILS(setxattr("attr", "user.one", "", 0, XATTR_CREATE), EEXIST);
  FAILS(setxattr("attr", "user.none", "", 0, XATTR_REPLACE), ENODATA);
  memset(large, 'v', sizeof large);
  EXPECT(setxattr("attr", "user.large", large, sizeof large, 0) == 0 && getxattr("attr", "user.large", 0, 0) == sizeof large);
  FAILS(getxattr("attr", "user.large", back, 5), ERANGE);
  EXPECT(listxattr("attr", back, sizeof back) == 20 && removexattr("attr", "user.one") == 0);
  FAILS(getxattr("attr", "user.one", back, sizeof back), ENODATA);
  EXPECT(setxattr(".", "user.folder", "f", 1, 0) == 0 && getxattr(".", "user.folder", back, sizeof back) == 1);
}
static void pipes_and_sockets(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
  char byte[4] = "";
  EXPECT(mkfifo("fifo", 0600) == 0 && S_ISFIFO(of("fifo").st_mode));
  int reader = open("fifo", O_RDONLY | O_NONBLOCK), writer = open("fifo", O_WRONLY);
  EXPECT(write(writer, "fi", 2) == 2 && read(reader, byte, 4) == 2 && strcmp(byte, "fi") == 0);
  int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT(bind(server, (void *)&address, sizeof address) == 0 && listen(server, 1) == 0 && S_ISSOCK(of("socket").st_mode));
  EXPECT(connect(client, (void *)&address, sizeof address) == 0 && write(client, "so", 2) == 2);
  EXPECT(read(accept(server, 0, 0), byte, 4) == 2 && strcmp(byte, "so") == 0);
}
static void owners_and_modes(void) {
  put("owned", "x");
  EXPECT(chown("owned", 1234, 5678) == 0 && lchown("owned", (uid_t)-1, 0) == 0 && chmod("owned", 0751) == 0);
  EXPECT((of("owned").st_mode & 07777) == 0751);
  EXPECT(chown("owned", 0, 0) == 0 && chmod("owned", 0600) == 0);
  EXPECT(IN_CHILD(if (setgroups(0, 0) || setgid(1000) || setuid(1000)) _exit(1); _exit(open("owned", O_RDONLY) < 0 ? errno : 0)) == EACCES);
  mkdir("open", 0777), chmod("open", 0777);
  EXPECT(IN_CHILD(if (setgid(1000) || setuid(1000) || open("open/theirs", O_CREAT | O_RDWR, 0600) < 0) _exit(1); _exit(0)) == 0);
  /* Where an ordinary user shares, what anybody makes is root's inside, as it is the user's outside. */
  if (of("open/theirs").st_uid == 1000) EXPECT(IN_CHILD(setuid(1000); _exit(chown("open/theirs", 1000, 1000) < 0)) == 0);
  mkdir("sticky", 01777), chmod("sticky", 01777);
  EXPECT((of("sticky").st_mode & 07777) == 01777);
}
static void no_rights_for_the_host(void) { /* what is refused on purpose */
  put("set", "x");
  EXPECT(chmod("set", 04755) < 0 && !(of("set").st_mode & 04000));
  EXPECT(open("born", O_CREAT | O_WRONLY, 06777) < 0 || !(of("born").st_mode & 04000));
  EXPECT(mknod("block", S_IFBLK | 0600, 0x0800) < 0 && mknod("char", S_IFCHR | 0666, 0x0103) < 0);
  EXPECT(setxattr("set", "trusted.overlay.opaque", "y", 1, 0) < 0);
  EXPECT(setxattr("set", "security.capability", "\1\0\0\2\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, 0) < 0);
}
static void sizes_and_times(void) {
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {-5, 123456789}};
  char byte[4] = "x";
  int fd = open("sized", O_RDWR | O_CREAT, 0600), copy = open("copy", O_RDWR | O_CREAT, 0600);
  EXPECT(pwrite(fd, "end", 3, 5LL << 30) == 3 && of("sized").st_size == (5LL << 30) + 3 && of("sized").st_blocks < 100);
  EXPECT(pread(fd, byte, 1, 1LL << 30) == 1 && !*byte && lseek(fd, 0, SEEK_DATA) > 1 << 30);
  off_t from = 5LL << 30;
  EXPECT(copy_file_range(fd, &from, copy, 0, 3, 0) == 3 && close(copy) == 0 && holds("copy", "end"));
  EXPECT(ftruncate(fd, 0) == 0 && fallocate(fd, 0, 0, 10000) == 0 && of("sized").st_size == 10000);
  EXPECT(futimens(fd, times) == 0 && of("sized").st_mtim.tv_sec == -5 && of("sized").st_mtim.tv_nsec == 123456789);
  struct statvfs space;
  EXPECT(statvfs(".", &space) == 0 && space.f_namemax == 255 && space.f_blocks > 0);
}
/* Two processes at once: appended lines are whole and all there, and one name is made by one of them. */
static void two_at_once(void) {
  int won = 0, status;
  for (int which = 0; which < 2; which++) {
    if (fork() != 0) continue;
    int fd = open("appended", O_WRONLY | O_CREAT | O_APPEND, 0600), mine = 0;
    for (int i = 0; i < LINES; i++) {
      char name[32], line[32];
      snprintf(name, sizeof name, "race%d", i % 50);
      mine += i < 50 && open(name, O_CREAT | O_EXCL | O_WRONLY, 0600) >= 0;
      snprintf(line, sizeof line, "%d %03d\n", which, i);
      if (write(fd, line, 6) != 6) _exit(0);
    }
    _exit(mine);
  }
  for (int which = 0; which < 2; which++) { wait(&status); won += WEXITSTATUS(status); }
  EXPECT(won == 50 && of("appended").st_size == 2 * 6 * LINES);
  int next[2] = {0, 0}, which, number, order = 1;
  FILE *file = fopen("appended", "r");
  while (file && fscanf(file, "%d %d\n", &which, &number) == 2) order &= number == next[which & 1]++;
  EXPECT(order && next[0] == LINES && next[1] == LINES);
}
static void deleted_while_listed(void) {
  char name[32];
  int count = 0;
  mkdir("many", 0755);
  EXPECT(chdir("many") == 0);
  for (int i = 0; i < LISTED; i++) {
    snprintf(name, sizeof name, "file-%06d", i);
    EXPECT(close(open(name, O_CREAT | O_WRONLY, 0600)) == 0);
  }
  DIR *list = opendir(".");
  for (struct dirent *one; (one = readdir(list));)
    if (*one->d_name != '.') { EXPECT(unlink(one->d_name) == 0); count++; }
  closedir(list);
  EXPECT(count == LISTED && chdir("..") == 0 && rmdir("many") == 0);
}
static void executed(void) {
  put("script", "#!/proc/self/exe\n");
  int from = open("/proc/self/exe", O_RDONLY), to = open("program", O_WRONLY | O_CREAT, 0755);
  for (ssize_t count; (count = copy_file_range(from, 0, to, 0, 1 << 20, 0)) > 0 || count == 0;) if (count == 0) break;
  close(from), close(to);
  EXPECT(of("program").st_size > 1000 && IN_CHILD(execl("./program", "program", (char *)0)) == 2);
  EXPECT(chmod("program", 0644) == 0 && IN_CHILD(execl("./program", "program", (char *)0); _exit(errno)) == EACCES);
}

static const struct { const char *name; void (*check)(void); } all[] = {
  {"read-only from birth", readonly_from_birth}, {"unlinked while open", unlinked_while_open},
  {"renamed while open", renamed_while_open}, {"rename flags", rename_flags}, {"hard links", hard_links},
  {"nameless file", nameless_file}, {"synced", synced}, {"mapped", mapped}, {"locked", locked},
  {"told of changes", told_of_changes}, {"names", names}, {"attributes", attributes},
  {"pipes and sockets", pipes_and_sockets}, {"owners and modes", owners_and_modes},
  {"no rights for the host", no_rights_for_the_host}, {"sizes and times", sizes_and_times},
  {"two at once", two_at_once}, {"deleted while listed", deleted_while_listed}, {"executed", executed},
};

int main(int count, char **words) {
  if (count < 2) return 2;
  umask(022);
  if (chdir(words[1]) < 0) return 3;
  setvbuf(stdout, 0, _IOLBF, 0);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    char folder[16];
    snprintf(folder, sizeof folder, "calls%zu", i);
    now = all[i].name;
    bad = 0;
    if (mkdir(folder, 0755) < 0 || chdir(folder) < 0) return 4;
    fflush(stdout);
    all[i].check();
    if (!bad) printf("%s: ok\n", now);
    if (chdir("..") < 0) return 5;
  }
}
