/*
 * What pack.c and unpack.c share: headers of POSIX.1-2001 (ustar interchange format), and text that grows.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { BLOCK = 512, CHUNK = 262144, MAX_PAX = 1048576, MAX_STRETCHES = 100000 };

struct tar { /* POSIX.1-2001, ustar interchange format */
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], chksum[8], typeflag, linkname[100], magic[6], version[2],
    uname[32], gname[32], devmajor[8], devminor[8], prefix[155], pad[12];
};
struct stretch { uint64_t offset, length; };
struct text { char *bytes; size_t length, room; };

extern char chunk[CHUNK];
extern int incomplete; /* a file became shorter while it was read */
extern char owners;    /* unpack's: o, u, or 0 */

_Noreturn void fail(const char *name, const char *reason);
_Noreturn void fail_errno(const char *name);
void append(struct text *to, const void *bytes, size_t count);
void cut(struct text *text, size_t length);
int is_kept_xattr(const char *name);

void put(const void *bytes, size_t count);
void pack(int folder, const char *file, struct text *name, int flags);
void unpack(void);
