/*
 * Makes files of a tar: ustar, pax, GNU long names and sparse format 1.0. No entry is made through a link.
 */
#include "tar.h"
#include <linux/openat2.h>
#include <sys/syscall.h>

struct member {
  struct text name, link, records; /* records: SCHILY.xattr, as keyword NUL, u32 length, value */
  uint64_t size, real_size, uid, gid;
  int has_size, has_uid, has_gid, has_mtime, sparse_major, sparse_minor;
  mode_t mode;
  dev_t device;
  char type;
  struct timespec mtime;
};
struct folder { struct folder *next; struct timespec mtime; char name[]; };
static struct folder *folders; /* their times are set when nothing is made in them any more */

static size_t get(void *to, size_t count) {
  size_t have = 0;
  while (have < count) {
    ssize_t got = read(0, (char *)to + have, count - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_errno("stdin");
    if (got == 0) break;
    have += (size_t)got;
  }
  return have;
}
static void get_all(void *to, size_t count) {
  if (get(to, count) < count) fail("the archive", "it ends in the middle of an entry");
}
static void pass_over(uint64_t count) {
  for (; count > 0; count -= count < CHUNK ? count : CHUNK) get_all(chunk, count < CHUNK ? (size_t)count : CHUNK);
}
static uint64_t padded(uint64_t count) { return (count + BLOCK - 1) / BLOCK * BLOCK; }

/* Octal digits, or base 256 where the first bit is set (GNU). */
static uint64_t number(const char *field, size_t size) {
  uint64_t value = 0;
  if (*field & 0x80) {
    for (size_t i = size - 8; i < size; i++) value = value << 8 | (unsigned char)field[i];
    return value;
  }
  for (size_t i = 0; i < size && (field[i] == ' ' || (field[i] >= '0' && field[i] <= '7')); i++)
    if (field[i] != ' ') value = value << 3 | (uint64_t)(field[i] - '0');
  return value;
}
static void set_text(struct text *text, const char *bytes, size_t limit) {
  if (text->bytes) cut(text, 0);
  append(text, bytes, strnlen(bytes, limit));
}

static void take_record(struct member *e, const char *keyword, const char *value, size_t length) {
  unsigned long long whole = strtoull(value, 0, 10);
  if (strcmp(keyword, "path") == 0) { if (!e->sparse_major) set_text(&e->name, value, length); }
  else if (strcmp(keyword, "GNU.sparse.name") == 0) set_text(&e->name, value, length);
  else if (strcmp(keyword, "linkpath") == 0) set_text(&e->link, value, length);
  else if (strcmp(keyword, "size") == 0) { e->size = whole; e->has_size = 1; }
  else if (strcmp(keyword, "uid") == 0) { e->uid = whole; e->has_uid = 1; }
  else if (strcmp(keyword, "gid") == 0) { e->gid = whole; e->has_gid = 1; }
  else if (strcmp(keyword, "GNU.sparse.major") == 0) e->sparse_major = (int)whole;
  else if (strcmp(keyword, "GNU.sparse.minor") == 0) e->sparse_minor = (int)whole;
  else if (strcmp(keyword, "GNU.sparse.realsize") == 0) e->real_size = whole;
  else if (strcmp(keyword, "GNU.sparse.map") == 0 || strcmp(keyword, "GNU.sparse.numblocks") == 0) e->sparse_minor = -1;
  else if (strcmp(keyword, "mtime") == 0) {
    char *dot, digits[10] = "000000000";
    e->mtime.tv_sec = strtoll(value, &dot, 10);
    for (int i = 0; *dot == '.' && i < 9 && dot[i + 1] >= '0' && dot[i + 1] <= '9'; i++) digits[i] = dot[i + 1];
    e->mtime.tv_nsec = strtol(digits, 0, 10);
    if (*value == '-' && e->mtime.tv_nsec) { e->mtime.tv_sec--; e->mtime.tv_nsec = 1000000000 - e->mtime.tv_nsec; }
    e->has_mtime = 1;
  } else if (strncmp(keyword, "SCHILY.xattr.", 13) == 0 && is_kept_xattr(keyword + 13)) {
    uint32_t count = (uint32_t)length;
    append(&e->records, keyword + 13, strlen(keyword + 13) + 1);
    append(&e->records, &count, sizeof count);
    append(&e->records, value, length);
  }
}
static void take_pax(struct member *e, char *bytes, size_t size) {
  for (char *at = bytes, *end = bytes + size; at < end;) {
    char *space;
    unsigned long length = strtoul(at, &space, 10);
    char *last = at + length - 1;
    if (length < 5 || length > (size_t)(end - at) || *space != ' ' || *last != '\n')
      fail("the archive", "an extended header is malformed");
    char *equals = memchr(space, '=', (size_t)(last - space));
    if (!equals) fail("the archive", "an extended header is malformed");
    *equals = *last = 0;
    take_record(e, space + 1, equals + 1, (size_t)(last - equals - 1));
    at = last + 1;
  }
}

/* The next entry with what its extended headers say. @returns 0 at the archive's end */
static int next_entry(struct member *e) {
  struct tar tar;
  for (;;) {
    size_t got = get(&tar, BLOCK);
    if (got == 0) return 0;
    if (got < BLOCK) fail("the archive", "it ends in the middle of a header");
    unsigned sum = 0, told = (unsigned)number(tar.chksum, 8);
    for (size_t i = 0; i < BLOCK; i++) sum += ((unsigned char *)&tar)[i];
    if (sum == 0) return 0;
    for (int i = 0; i < 8; i++) sum += ' ' - (unsigned)(unsigned char)tar.chksum[i];
    if (sum != told) fail("the archive", "it is not a tar archive, or damaged");
    uint64_t size = number(tar.size, 12);
    if (!strchr("xgLK", tar.typeflag) || !tar.typeflag) break;
    if (size > MAX_PAX) fail("the archive", "an extended header is too long");
    char *bytes = malloc(padded(size) + 1);
    if (!bytes) fail("memory", strerror(ENOMEM));
    get_all(bytes, padded(size));
    bytes[size] = 0;
    if (tar.typeflag == 'x') take_pax(e, bytes, size);
    if (tar.typeflag == 'L') set_text(&e->name, bytes, size);
    if (tar.typeflag == 'K') set_text(&e->link, bytes, size);
    free(bytes);
  }
  if (!e->name.length) {
    if (tar.prefix[0] && memcmp(tar.magic, "ustar", 6) == 0) {
      set_text(&e->name, tar.prefix, sizeof tar.prefix);
      append(&e->name, "/", 1);
    } else set_text(&e->name, "", 0);
    append(&e->name, tar.name, strnlen(tar.name, sizeof tar.name));
  }
  if (!e->link.length) set_text(&e->link, tar.linkname, sizeof tar.linkname);
  if (!e->has_size) e->size = number(tar.size, 12);
  if (!e->has_uid) e->uid = number(tar.uid, 8);
  if (!e->has_gid) e->gid = number(tar.gid, 8);
  if (!e->has_mtime) e->mtime = (struct timespec){(time_t)number(tar.mtime, 12), 0};
  e->mode = (mode_t)number(tar.mode, 8) & 07777;
  e->device = makedev((unsigned)number(tar.devmajor, 8), (unsigned)number(tar.devminor, 8));
  e->type = tar.typeflag ? tar.typeflag : '0';
  if (e->type == '7') e->type = '0';
  if (e->type == '0' && !e->sparse_major && e->name.length && e->name.bytes[e->name.length - 1] == '/') e->type = '5';
  return 1;
}

/* The name below the folder; one that climbs is refused. */
static char *below(struct text *name, const char *shown) {
  char *at = name->bytes;
  while (*at == '/' || (at[0] == '.' && at[1] == '/')) at++;
  for (char *part = at; part; part = strchr(part, '/')) {
    while (*part == '/') part++;
    if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || !part[2])) fail(shown, "it leads out of the folder");
  }
  for (char *end = at + strlen(at); end > at && end[-1] == '/';) *--end = 0;
  return *at ? at : strcpy(name->bytes, ".");
}

/* The folder that a name is in, made where it is missing; `*last` becomes the name in it. */
static int parent_of(char *path, char **last) {
  struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH};
  int fd = AT_FDCWD;
  for (char *slash; (slash = strchr(path, '/')); path = slash + 1) {
    *slash = 0;
    if (*path && strcmp(path, ".") != 0) {
      int made = mkdirat(fd, path, 0755) == 0 || errno == EEXIST;
      int next = made ? (int)syscall(SYS_openat2, fd, path, &how, sizeof how) : -1;
      int error = errno;
      if (fd != AT_FDCWD) close(fd);
      *slash = '/';
      errno = error;
      if (next < 0) return -1;
      fd = next;
    }
    *slash = '/';
  }
  *last = path;
  return fd == AT_FDCWD ? open(".", how.flags) : fd;
}

/* Makes room for an entry: what is there is deleted, but no folder gives way to a file, nor a file to a folder. */
static int is_folder_there(int parent, const char *last, const struct member *e) {
  struct stat status;
  if (fstatat(parent, last, &status, AT_SYMLINK_NOFOLLOW) < 0) return 0;
  if (S_ISDIR(status.st_mode) && e->type != '5') fail(e->name.bytes, "a folder is there, which it would replace");
  if (e->type == '5' && !S_ISDIR(status.st_mode)) fail(e->name.bytes, "what is there is not a folder");
  if (S_ISDIR(status.st_mode)) return 1;
  if (unlinkat(parent, last, 0) < 0) fail_errno(e->name.bytes);
  return 0;
}

static void write_data(int fd, uint64_t count, uint64_t offset, const char *name) {
  while (count > 0) {
    size_t part = count < CHUNK ? (size_t)count : CHUNK;
    get_all(chunk, part);
    for (size_t done = 0; done < part;) {
      ssize_t wrote = pwrite(fd, chunk + done, part - done, (off_t)(offset + done));
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) fail_errno(name);
      done += (size_t)wrote;
    }
    count -= part;
    offset += part;
  }
}

static uint64_t map_number(uint64_t *read_bytes, const char *name) {
  static char block[BLOCK];
  uint64_t value = 0;
  for (int digits = 0;; digits++) {
    if (*read_bytes % BLOCK == 0) get_all(block, BLOCK);
    char one = block[(*read_bytes)++ % BLOCK];
    if (one == '\n' && digits > 0) return value;
    if (one < '0' || one > '9' || digits > 17) fail(name, "its map of data is malformed");
    value = value * 10 + (uint64_t)(one - '0');
  }
}
static void write_sparse(int fd, const struct member *e) {
  uint64_t read_bytes = 0, end = 0, data = 0, count = map_number(&read_bytes, e->name.bytes);
  if (count > MAX_STRETCHES) fail(e->name.bytes, "its map of data is too long");
  struct stretch *map = calloc(count + 1, sizeof *map);
  if (!map) fail("memory", strerror(ENOMEM));
  for (uint64_t i = 0; i < count; i++) {
    map[i].offset = map_number(&read_bytes, e->name.bytes);
    map[i].length = map_number(&read_bytes, e->name.bytes);
    if (map[i].offset < end || map[i].offset + map[i].length > e->real_size)
      fail(e->name.bytes, "its map of data is not in order");
    end = map[i].offset + map[i].length;
    data += map[i].length;
  }
  if (padded(read_bytes) + data != e->size) fail(e->name.bytes, "its map and its data differ in size");
  for (uint64_t i = 0; i < count; i++) write_data(fd, map[i].length, map[i].offset, e->name.bytes);
  pass_over(padded(data) - data);
  if (ftruncate(fd, (off_t)e->real_size) < 0) fail_errno(e->name.bytes);
  free(map);
}

static void set_xattrs(int fd, const struct member *e) {
  for (char *at = e->records.bytes, *end = at + e->records.length; at < end;) {
    uint32_t count;
    char *name = at;
    at += strlen(at) + 1;
    memcpy(&count, at, sizeof count);
    at += sizeof count;
    if (fsetxattr(fd, name, at, count, 0) < 0 && errno != ENOTSUP) fail_errno(e->name.bytes);
    at += count;
  }
}

/* Owner before mode, because chown(2) takes the setuid bit away. */
static void finish_opened(int fd, const struct member *e) {
  if (owners != 'u' && fchown(fd, owners ? (uid_t)e->uid : 0, owners ? (gid_t)e->gid : 0) < 0) fail_errno(e->name.bytes);
  if (fchmod(fd, owners == 'u' ? e->mode & 0777 : e->mode) < 0) fail_errno(e->name.bytes);
  set_xattrs(fd, e);
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, e->mtime};
  if (futimens(fd, times) < 0) fail_errno(e->name.bytes);
}

static void make_file(int parent, const char *last, const struct member *e) {
  int fd = openat(parent, last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) fail_errno(e->name.bytes);
  if (e->sparse_major) {
    write_sparse(fd, e);
  } else {
    write_data(fd, e->size, 0, e->name.bytes);
    pass_over(padded(e->size) - e->size);
  }
  finish_opened(fd, e);
  if (close(fd) < 0) fail_errno(e->name.bytes);
}
static void make_folder(int parent, const char *last, const struct member *e, const char *path) {
  int fd = openat(parent, last, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct folder *one = malloc(sizeof *one + strlen(path) + 1);
  if (fd < 0 || !one) fail_errno(e->name.bytes);
  finish_opened(fd, e);
  close(fd);
  one->mtime = e->mtime;
  one->next = folders;
  strcpy(one->name, path);
  folders = one;
}
static void make_special(int parent, const char *last, const struct member *e) {
  mode_t kind = e->type == '6' ? S_IFIFO : e->type == '3' ? S_IFCHR : S_IFBLK;
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, e->mtime};
  if (e->type == '2') {
    if (symlinkat(e->link.bytes, parent, last) < 0) fail_errno(e->name.bytes);
  } else if (mknodat(parent, last, kind | (e->mode & 0777), e->device) < 0) fail_errno(e->name.bytes);
  uid_t uid = owners ? (uid_t)e->uid : 0;
  gid_t gid = owners ? (gid_t)e->gid : 0;
  if (owners != 'u' && fchownat(parent, last, uid, gid, AT_SYMLINK_NOFOLLOW) < 0) fail_errno(e->name.bytes);
  if (utimensat(parent, last, times, AT_SYMLINK_NOFOLLOW) < 0) fail_errno(e->name.bytes);
}
static void make_hard_link(int parent, const char *last, struct member *e) {
  char *target_last, *target = below(&e->link, e->name.bytes);
  int folder = parent_of(target, &target_last);
  if (folder < 0 || linkat(folder, target_last, parent, last, 0) < 0) fail_errno(e->name.bytes);
  close(folder);
}

static void unpack_entry(struct member *e) {
  char *last, *path = below(&e->name, e->name.bytes);
  if (e->sparse_major && (e->sparse_major != 1 || e->sparse_minor != 0)) fail(path, "its sparse format is not known");
  if (!strchr("0123456", e->type)) fail(path, "its kind of entry is not known");
  if (e->size > INT64_MAX / 2 || e->real_size > INT64_MAX / 2) fail(path, strerror(EFBIG));
  int parent = parent_of(path, &last);
  if (parent < 0) fail(path, errno == ELOOP || errno == ENOTDIR ? "it leads through what is not a folder" : strerror(errno));
  int there = is_folder_there(parent, last, e);
  if (there && strcmp(path, ".") == 0) { close(parent); return; } /* the folder of the user's stays as it is, as Docker has it */
  if (e->type == '5' && !there && mkdirat(parent, last, 0700) < 0) fail_errno(path);
  if (e->type == '5') make_folder(parent, last, e, path);
  else if (e->type == '0') make_file(parent, last, e);
  else if (e->type == '1') make_hard_link(parent, last, e);
  else make_special(parent, last, e);
  if (e->type != '0') pass_over(padded(e->size));
  close(parent);
}

void unpack(void) {
  struct member e = {0};
  while (next_entry(&e)) {
    unpack_entry(&e);
    free(e.name.bytes);
    free(e.link.bytes);
    free(e.records.bytes);
    e = (struct member){0};
  }
  while (read(0, chunk, CHUNK) > 0) {} /* blocks of zeros behind the end */
  for (struct folder *one = folders; one; one = one->next) {
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, one->mtime};
    utimensat(AT_FDCWD, one->name, times, 0);
  }
}
