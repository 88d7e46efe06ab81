/*
 * `many FOLDER COUNT`: makes so many files in one folder, looks at each, lists them, and deletes them while they are listed.
 * Says how many there were at each step.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what, int at) {
  printf("%s %d: %s\n", what, at, strerror(errno));
  exit(1);
}
static const char *name_of(int number) {
  static char name[32];
  snprintf(name, sizeof name, "file-%07d", number);
  return name;
}

int main(int count, char **words) {
  int wanted = count > 2 ? atoi(words[2]) : 0, listed = 0, deleted = 0, left = 0;
  struct stat status;
  if (count < 3 || chdir(words[1]) < 0) return 2;
  for (int i = 0; i < wanted; i++) {
    int fd = open(name_of(i), O_CREAT | O_EXCL | O_WRONLY, 0644);
    if (fd < 0) fail("cannot make file", i);
    if (write(fd, &i, sizeof i) != sizeof i || close(fd) < 0) fail("cannot write file", i);
  }
  for (int i = 0; i < wanted; i++) {
    int found = -1, fd = open(name_of(i), O_RDONLY);
    if (stat(name_of(i), &status) < 0 || fd < 0) fail("cannot look at file", i);
    if (read(fd, &found, sizeof found) != sizeof found || found != i) fail("other bytes in file", i);
    close(fd);
  }
  DIR *list = opendir(".");
  for (struct dirent *one; list && (one = readdir(list));) listed += *one->d_name != '.';
  closedir(list);
  list = opendir(".");
  for (struct dirent *one; list && (one = readdir(list));) {
    if (*one->d_name == '.') continue;
    if (unlink(one->d_name) < 0) fail("cannot delete file", deleted);
    deleted++;
  }
  closedir(list);
  list = opendir(".");
  for (struct dirent *one; list && (one = readdir(list));) left += *one->d_name != '.';
  printf("%d made, %d listed, %d deleted while listed, %d left\n", wanted, listed, deleted, left);
}
