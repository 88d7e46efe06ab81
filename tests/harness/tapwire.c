// tapwire SOCKET INTERFACE [offload]: joins a TAP device of this network namespace to a Unix stream, with a u32
// big-endian length before each frame: what a VMM's network device is to a guest. With "offload" the kernel is told that
// the device finishes checksums and cuts large segments, as libkrun's does; frames then come with unfinished checksums,
// and with up to 64 KiB.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_FRAME = 65550, LENGTH = 4, VNET = 10, SPACE = 1 << 20 };

static int tap, stream, vnet;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void *to_stream(void *unused) {
  static unsigned char buffer[LENGTH + VNET + MAX_FRAME + 16];
  (void)unused;
  for (;;) {
    // The virtio header, where there is one, stands where the length belongs, and before.
    ssize_t count = read(tap, buffer + VNET + LENGTH - vnet, sizeof buffer - VNET - LENGTH);
    if (count < vnet) fail("tapwire: read");
    uint32_t length = htonl((uint32_t)(count - vnet));
    unsigned char *at = buffer + VNET;
    memcpy(at, &length, LENGTH);
    for (size_t left = (size_t)(count - vnet) + LENGTH; left > 0;) {
      ssize_t written = write(stream, at, left);
      if (written <= 0) exit(0);
      at += written;
      left -= (size_t)written;
    }
  }
}

static void to_tap(void) {
  static unsigned char buffer[SPACE], frame[VNET + MAX_FRAME];
  size_t start = 0, end = 0;
  for (;;) {
    if (sizeof buffer - end < 2 * MAX_FRAME) {
      memmove(buffer, buffer + start, end - start);
      end -= start;
      start = 0;
    }
    ssize_t count = read(stream, buffer + end, sizeof buffer - end);
    if (count <= 0) return;
    end += (size_t)count;
    while (end - start >= LENGTH) {
      uint32_t length;
      memcpy(&length, buffer + start, LENGTH);
      length = ntohl(length);
      if (length == 0 || length > MAX_FRAME) {
        fprintf(stderr, "tapwire: a frame of %u bytes\n", length);
        exit(3);
      }
      if (end - start < LENGTH + length) break;
      memset(frame, 0, (size_t)vnet);
      memcpy(frame + vnet, buffer + start + LENGTH, length);
      // A full queue of the device loses frames, as a ring that is full would.
      if (write(tap, frame, (size_t)vnet + length) < 0) perror("tapwire: write");
      start += LENGTH + length;
    }
  }
}

int main(int count, char **words) {
  if (count < 3) return 2;
  vnet = count > 3 ? VNET : 0;
  tap = open("/dev/net/tun", O_RDWR);
  if (tap < 0) fail("tapwire: /dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | (vnet ? IFF_VNET_HDR : 0)};
  strncpy(request.ifr_name, words[2], IFNAMSIZ - 1);
  if (ioctl(tap, TUNSETIFF, &request) < 0) fail("tapwire: TUNSETIFF");
  if (vnet && ioctl(tap, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6) < 0) fail("tapwire: TUNSETOFFLOAD");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, words[1], sizeof address.sun_path - 1);
  stream = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(stream, (struct sockaddr *)&address, sizeof address) < 0) fail("tapwire: connect");
  puts("up");
  fflush(stdout);
  pthread_t thread;
  if (pthread_create(&thread, NULL, to_stream, NULL) != 0) fail("tapwire: thread");
  to_tap();
  return 0;
}
