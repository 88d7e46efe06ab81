/*
 * Writes a tar of a path: pax with SCHILY.xattr records, and GNU's sparse format 1.0 where SEEK_HOLE finds holes.
 */
#include "tar.h"
#include <search.h>

void put(const void *bytes, size_t count) {
  for (const char *at = bytes; count > 0;) {
    ssize_t done = write(1, at, count);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) exit(1); /* nobody reads any more */
    at += done;
    count -= (size_t)done;
  }
}
static void put_padding(uint64_t count) {
  static const char zeros[BLOCK];
  put(zeros, (BLOCK - count % BLOCK) % BLOCK);
}

/* A record of an extended header, whose length counts its own digits. */
static void pax(struct text *to, const char *keyword, const void *value, size_t count) {
  char head[64];
  size_t rest = strlen(keyword) + count + 3, length = rest + 1;
  while ((size_t)snprintf(head, sizeof head, "%zu", length) + rest != length) length = rest + strlen(head);
  snprintf(head, sizeof head, "%zu ", length);
  append(to, head, strlen(head));
  append(to, keyword, strlen(keyword));
  append(to, "=", 1);
  append(to, value, count);
  append(to, "\n", 1);
}
static void pax_number(struct text *to, const char *keyword, uint64_t value) {
  char digits[32];
  pax(to, keyword, digits, (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value));
}

static void octal(char *field, size_t size, uint64_t value) {
  if (value >> (3 * (size - 1))) value = 0; /* a pax record has it */
  snprintf(field, size, "%0*llo", (int)size - 1, (unsigned long long)value);
}
static void put_header(struct tar *tar) {
  unsigned sum = 0;
  memcpy(tar->magic, "ustar", 6);
  memcpy(tar->version, "00", 2);
  memset(tar->chksum, ' ', sizeof tar->chksum);
  for (size_t i = 0; i < sizeof *tar; i++) sum += ((unsigned char *)tar)[i];
  snprintf(tar->chksum, sizeof tar->chksum, "%06o", sum);
  put(tar, sizeof *tar);
}
static void put_name(struct text *records, char field[100], const char *keyword, const char *name) {
  size_t length = strlen(name);
  memcpy(field, name, length < 100 ? length : 100);
  if (length > 100) pax(records, keyword, name, length);
}

static void pax_xattrs(struct text *records, int fd) {
  static char names[XATTR_LIST_MAX], value[XATTR_SIZE_MAX];
  ssize_t length = flistxattr(fd, names, sizeof names);
  for (char *name = names; name < names + length; name += strlen(name) + 1) {
    char keyword[300];
    if (!is_kept_xattr(name)) continue;
    ssize_t count = fgetxattr(fd, name, value, sizeof value);
    snprintf(keyword, sizeof keyword, "SCHILY.xattr.%s", name);
    if (count >= 0) pax(records, keyword, value, (size_t)count);
  }
}

/* One header: a pax header before it where a value needs one. */
static void put_entry(const char *name, const struct stat *status, char type, uint64_t size, const char *link,
                      struct text *records) {
  struct tar tar = {.typeflag = type};
  char mtime[40];
  put_name(records, tar.name, "path", name);
  if (link) put_name(records, tar.linkname, "linkpath", link);
  octal(tar.mode, sizeof tar.mode, status->st_mode & 07777);
  octal(tar.uid, sizeof tar.uid, status->st_uid);
  octal(tar.gid, sizeof tar.gid, status->st_gid);
  octal(tar.size, sizeof tar.size, size);
  octal(tar.mtime, sizeof tar.mtime, status->st_mtime < 0 ? 0 : (uint64_t)status->st_mtime);
  if (type == '3' || type == '4') {
    octal(tar.devmajor, sizeof tar.devmajor, major(status->st_rdev));
    octal(tar.devminor, sizeof tar.devminor, minor(status->st_rdev));
  }
  if (status->st_uid >> 21) pax_number(records, "uid", status->st_uid);
  if (status->st_gid >> 21) pax_number(records, "gid", status->st_gid);
  if (size >> 33) pax_number(records, "size", size);
  if (status->st_mtim.tv_nsec || status->st_mtime < 0 || status->st_mtime >> 33) {
    long long seconds = status->st_mtime, nanoseconds = status->st_mtim.tv_nsec;
    int before = seconds < 0 && nanoseconds > 0; /* -1.75 is 2 s before 1970 and 0.25 s after that */
    if (before) { seconds++; nanoseconds = 1000000000 - nanoseconds; }
    const char *sign = before && seconds == 0 ? "-" : "";
    pax(records, "mtime", mtime, (size_t)snprintf(mtime, sizeof mtime, "%s%lld.%09lld", sign, seconds, nanoseconds));
  }
  if (records->length > 0) {
    struct tar extended = {.name = "pax", .typeflag = 'x', .mode = "0000644", .mtime = "00000000000"};
    octal(extended.size, sizeof extended.size, records->length);
    put_header(&extended);
    put(records->bytes, records->length);
    put_padding(records->length);
  }
  put_header(&tar);
}

/* Data of a file from an offset; what a file lost meanwhile is zeros, because the header has told its size. */
static void put_data(int fd, const char *name, struct stretch part) {
  while (part.length > 0) {
    size_t wanted = part.length < CHUNK ? (size_t)part.length : CHUNK;
    ssize_t got = pread(fd, chunk, wanted, (off_t)part.offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_errno(name);
    if (got == 0) {
      if (!incomplete) fprintf(stderr, "%s: it became shorter while it was read\n", name);
      incomplete = 1;
      memset(chunk, 0, (size_t)(got = (ssize_t)wanted));
    }
    put(chunk, (size_t)got);
    part.offset += (uint64_t)got;
    part.length -= (uint64_t)got;
  }
}

/* Where data lies (lseek(2), SEEK_HOLE). @returns their count, -1 where the file has no hole or too many */
static int stretches_of(int fd, uint64_t size, struct stretch **map) {
  int count = 0, room = 0;
  if (lseek(fd, 0, SEEK_HOLE) >= (off_t)size) return -1;
  for (off_t at = 0; (uint64_t)at < size;) {
    off_t data = lseek(fd, at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;
    if (data < 0 || count == MAX_STRETCHES - 1) return -1;
    at = lseek(fd, data, SEEK_HOLE);
    if (at < 0) return -1;
    if ((uint64_t)at > size) at = (off_t)size;
    if (data >= at) break;
    if (count == room) {
      room = room ? 2 * room : 64;
      if (!(*map = realloc(*map, (size_t)room * sizeof **map))) fail("memory", strerror(ENOMEM));
    }
    (*map)[count++] = (struct stretch){(uint64_t)data, (uint64_t)(at - data)};
  }
  if (count == room && !(*map = realloc(*map, ((size_t)room + 1) * sizeof **map))) fail("memory", strerror(ENOMEM));
  (*map)[count++] = (struct stretch){size, 0}; /* GNU tar tells the file's size by it */
  return count;
}

/* GNU sparse format 1.0: the map stands before the data, as decimal numbers, padded to a block. */
static void put_sparse(int fd, const char *name, const struct stat *status, const struct stretch *map, int count,
                       struct text *records) {
  struct text text = {0};
  char line[64];
  uint64_t data = 0;
  append(&text, line, (size_t)snprintf(line, sizeof line, "%d\n", count));
  for (int i = 0; i < count; i++) {
    int length = snprintf(line, sizeof line, "%llu\n%llu\n", (unsigned long long)map[i].offset,
                          (unsigned long long)map[i].length);
    append(&text, line, (size_t)length);
    data += map[i].length;
  }
  pax_number(records, "GNU.sparse.major", 1);
  pax_number(records, "GNU.sparse.minor", 0);
  pax(records, "GNU.sparse.name", name, strlen(name));
  pax_number(records, "GNU.sparse.realsize", (uint64_t)status->st_size);
  put_entry("GNUSparseFile", status, '0', (text.length + BLOCK - 1) / BLOCK * BLOCK + data, 0, records);
  put(text.bytes, text.length);
  put_padding(text.length);
  for (int i = 0; i < count; i++) put_data(fd, name, map[i]);
  put_padding(data);
  free(text.bytes);
}

static void put_file(int fd, const char *name, const struct stat *status, struct text *records) {
  struct stretch *map = 0;
  int count = stretches_of(fd, (uint64_t)status->st_size, &map);
  if (count >= 0) {
    put_sparse(fd, name, status, map, count, records);
  } else {
    put_entry(name, status, '0', (uint64_t)status->st_size, 0, records);
    put_data(fd, name, (struct stretch){0, (uint64_t)status->st_size});
    put_padding((uint64_t)status->st_size);
  }
  free(map);
}

struct linked { dev_t device; ino_t inode; char *name; };
static void *linked_files;
static int compare_linked(const void *a, const void *b) {
  const struct linked *one = a, *other = b;
  if (one->device != other->device) return one->device < other->device ? -1 : 1;
  return one->inode == other->inode ? 0 : one->inode < other->inode ? -1 : 1;
}
/* The name under which a file with several names was written before. */
static const char *earlier_name(const struct stat *status, const char *name) {
  struct linked *one = malloc(sizeof *one);
  if (!one) fail("memory", strerror(ENOMEM));
  *one = (struct linked){status->st_dev, status->st_ino, 0};
  struct linked **known = tsearch(one, &linked_files, compare_linked);
  if (!known) fail("memory", strerror(ENOMEM));
  if (*known != one) { free(one); return (*known)->name; }
  one->name = strdup(name);
  return 0;
}

static void pack_folder(int fd, struct text *name) {
  size_t length = name->length;
  DIR *list = fdopendir(fd);
  if (!list) fail_errno(name->bytes);
  for (;;) {
    errno = 0;
    struct dirent *one = readdir(list);
    if (!one && errno) fail_errno(name->bytes);
    if (!one) break;
    if (strcmp(one->d_name, ".") == 0 || strcmp(one->d_name, "..") == 0) continue;
    append(name, "/", 1);
    append(name, one->d_name, strlen(one->d_name));
    pack(dirfd(list), one->d_name, name, AT_SYMLINK_NOFOLLOW);
    cut(name, length);
  }
  closedir(list);
}

/* What is opened is a file or folder; its type is looked at once more, for it may have been exchanged meanwhile. */
static void pack_opened(int folder, const char *file, struct text *name, int flags, struct text *records) {
  struct stat status;
  int follow = flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0;
  int fd = openat(folder, file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | follow);
  if (fd < 0 && errno == ENOENT && folder != AT_FDCWD) return; /* deleted since it was listed */
  if (fd < 0 || fstat(fd, &status) < 0) fail_errno(name->bytes);
  if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) fail(name->bytes, "it changed while it was read");
  pax_xattrs(records, fd);
  if (S_ISREG(status.st_mode)) {
    put_file(fd, name->bytes, &status, records);
    close(fd);
    return;
  }
  append(name, "/", 1);
  put_entry(name->bytes, &status, '5', 0, 0, records);
  cut(name, name->length - 1);
  pack_folder(fd, name);
}

void pack(int folder, const char *file, struct text *name, int flags) {
  struct stat status;
  struct text records = {0};
  char target[PATH_MAX];
  if (fstatat(folder, file, &status, flags) < 0) {
    if (errno == ENOENT && folder != AT_FDCWD) return; /* deleted since it was listed */
    fail_errno(name->bytes);
  }
  const char *earlier = 0;
  if (!S_ISDIR(status.st_mode) && !S_ISSOCK(status.st_mode) && status.st_nlink > 1)
    earlier = earlier_name(&status, name->bytes);
  if (earlier) {
    put_entry(name->bytes, &status, '1', 0, earlier, &records);
  } else if (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode)) {
    pack_opened(folder, file, name, flags, &records);
  } else if (S_ISLNK(status.st_mode)) {
    ssize_t length = readlinkat(folder, file, target, sizeof target - 1);
    if (length < 0) fail_errno(name->bytes);
    target[length] = 0;
    put_entry(name->bytes, &status, '2', 0, target, &records);
  } else if (!S_ISSOCK(status.st_mode)) { /* a socket without its program is nothing: left out, as by GNU tar */
    put_entry(name->bytes, &status, S_ISFIFO(status.st_mode) ? '6' : S_ISCHR(status.st_mode) ? '3' : '4', 0, 0, &records);
  }
  free(records.bytes);
}
