/*
 * `server PORT`: HTTP/1.1 for tests of load. GET /N brings N bytes, of which byte i is (i * 7 + i / 256) modulo 256; a
 * connection stays open until the client ends it, or asks for `Connection: close`.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST = 2048, PIECE = 65536, EVENTS = 64 };

struct client {
  int fd, closes;
  size_t have, head_length, head_sent;
  unsigned long wanted, sent;
  char request[REQUEST], head[128];
};

static void end(struct client *one) {
  close(one->fd);
  free(one);
}

/* Takes a request that is whole. @returns whether there is one */
static int take(struct client *one) {
  char *last = memmem(one->request, one->have, "\r\n\r\n", 4);
  if (!last) return 0;
  *last = 0;
  one->closes = strcasestr(one->request, "connection: close") != 0;
  one->wanted = strncmp(one->request, "GET /", 5) == 0 ? strtoul(one->request + 5, 0, 10) : 0;
  one->sent = one->head_sent = 0;
  one->head_length = (size_t)snprintf(one->head, sizeof one->head, "HTTP/1.1 200 OK\r\nContent-Length: %lu\r\n\r\n", one->wanted);
  size_t used = (size_t)(last + 4 - one->request);
  memmove(one->request, one->request + used, one->have -= used);
  return 1;
}
/* @returns 1 when all is sent, 0 when the client has to read first, -1 when it is gone */
static int answer(struct client *one) {
  static char piece[PIECE];
  while (one->head_sent < one->head_length || one->sent < one->wanted) {
    int in_head = one->head_sent < one->head_length;
    size_t count = in_head ? one->head_length - one->head_sent : one->wanted - one->sent;
    if (count > PIECE) count = PIECE;
    for (size_t i = 0; !in_head && i < count; i++) piece[i] = (char)((one->sent + i) * 7 + (one->sent + i) / 256);
    ssize_t done = send(one->fd, in_head ? one->head + one->head_sent : piece, count, MSG_NOSIGNAL);
    if (done < 0) return errno == EAGAIN ? 0 : -1;
    if (in_head) one->head_sent += (size_t)done; else one->sent += (unsigned long)done;
  }
  return 1;
}
static void serve(struct client *one) {
  for (;;) {
    int done = answer(one);
    if (done == 0) return;
    if (done < 0 || (one->head_length && one->closes)) return end(one);
    one->head_length = one->head_sent = one->wanted = one->sent = 0;
    if (take(one)) continue;
    ssize_t count = recv(one->fd, one->request + one->have, REQUEST - one->have, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return end(one);
    one->have += (size_t)count;
  }
}

int main(int count, char **words) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(count > 1 ? atoi(words[1]) : 80))};
  struct rlimit limit;
  struct epoll_event event = {.events = EPOLLIN}, events[EVENTS];
  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poller = epoll_create1(0);
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (void *)&address, sizeof address) < 0 || listen(listener, 1024) < 0) return 1;
  if (epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0) return 1;
  for (;;) {
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.ptr) { serve(events[i].data.ptr); continue; }
      for (int fd; (fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0;) {
        struct client *client = calloc(1, sizeof *client);
        client->fd = fd;
        event = (struct epoll_event){.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = client};
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
      }
    }
  }
}
