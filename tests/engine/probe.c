/*
 * Stands in for a VMM: tries what a VMM must not do, and what it must be able to, and says on stderr how that went, one line each:
 * `what: ok`, or the error. It stays until its stdin ends. Files of the test are found among its arguments, whatever form those have.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long result) { fprintf(stderr, "%s: %s\n", what, result < 0 ? strerror(errno) : "ok"); }

static void try_open(const char *verb, const char *path, int flags) {
  char what[4200];
  int fd = open(path, flags, 0600);
  snprintf(what, sizeof what, "%s %s", verb, path);
  say(what, fd);
  if (fd >= 0) close(fd);
}

static void *in_a_thread(void *nothing) {
  say("read /etc/passwd in a thread", open("/etc/passwd", O_RDONLY));
  return nothing;
}

static void own_files(const char *word) {
  char path[4096];
  while ((word = strstr(word, "/tmp/smolvm-probe-"))) {
    size_t length = strcspn(word, ",\"");
    snprintf(path, sizeof path, "%.*s", (int)length, word);
    try_open("read", path, O_RDONLY);
    try_open("write", path, O_RDWR);
    word += length;
  }
}

int main(int count, char **words) {
  struct sockaddr_in nobody = {.sin_family = AF_INET, .sin_port = htons(1), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  pthread_t thread;
  char byte;
  try_open("read", "/etc/passwd", O_RDONLY);
  if (!pthread_create(&thread, 0, in_a_thread, 0)) pthread_join(thread, 0);
  try_open("create", "/tmp/smolvm-created-by-probe", O_WRONLY | O_CREAT | O_EXCL);
  try_open("list", "/", O_RDONLY | O_DIRECTORY);
  try_open("read", "/proc/1/cmdline", O_RDONLY);
  say("signal its supervisor", kill(getppid(), 0));
  say("connect", connect(fd, (void *)&nobody, sizeof nobody));
  close(fd);
  for (int i = 1; i < count; i++) own_files(words[i]);
  if (fork() == 0) { execl("/usr/bin/env", "env", "true", (char *)0); say("execute /usr/bin/env", -1); _exit(0); }
  while (wait(0) > 0) {}
  while (read(0, &byte, 1) > 0) {} /* stays as long as the link does */
  return 0;
}
