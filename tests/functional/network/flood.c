/*
 * `flood COUNT MAC [CARD]`: as root in a guest, sends so many of each of three kinds of frames to the station with that
 * MAC, by turns and as fast as the card takes them: TCP SYNs from addresses of the guest's network that nobody has, so
 * that nobody answers a SYN-ACK, or resets one; UDP datagrams from its own, to which nobody answers; and garbage, of which half begins as a packet
 * does. Says how many were sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ETHERNET = 14, IP = 20, TCP = 20, UDP = 8, DATA = 200, LONGEST = 1514 };

static unsigned char frame[LONGEST];
static unsigned int state = 1;

/* xorshift: the same frames each time. */
static unsigned int chance(unsigned int below) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % below;
}

static void put16(int at, unsigned int value) {
  frame[at] = (unsigned char)(value >> 8);
  frame[at + 1] = (unsigned char)value;
}

/* An IPv4 header from 10.0.2.LAST to 198.51.100.10 or .11 (RFC 791, 3.1). The payload needs no checksum: offload leaves them to others. */
static int packet(unsigned int last, int protocol, int length) {
  static const unsigned char fixed[IP] = {0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 0, 0, 0, 10, 0, 2, 0, 198, 51, 100, 10};
  memcpy(frame + ETHERNET, fixed, IP);
  frame[ETHERNET + 9] = (unsigned char)protocol;
  frame[ETHERNET + 15] = (unsigned char)last;
  frame[ETHERNET + 19] = (unsigned char)(10 + chance(2));
  put16(ETHERNET + 2, (unsigned int)(IP + length));
  unsigned int sum = 0;
  for (int at = 0; at < IP; at += 2) sum += (unsigned int)frame[ETHERNET + at] << 8 | frame[ETHERNET + at + 1];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  put16(ETHERNET + 10, ~sum & 0xffff);
  put16(12, 0x0800);
  put16(ETHERNET + IP, 1024 + chance(60000));
  return ETHERNET + IP + length;
}

/* RFC 9293, 3.1: half of them to a port where a server listens. */
static int syn(void) {
  int at = ETHERNET + IP, length = packet(100 + chance(100), 6, TCP);
  memset(frame + at + 4, 0, TCP - 4);
  put16(at + 2, chance(2) ? 7 : 1 + chance(1000));
  for (int byte = 4; byte < 8; byte++) frame[at + byte] = (unsigned char)chance(256);
  frame[at + 12] = 5 << 4;
  frame[at + 13] = 2;
  put16(at + 14, 0xffff);
  return length;
}

static int datagram(void) {
  int at = ETHERNET + IP, length = packet(15, 17, UDP + DATA);
  put16(at + 2, 1024 + chance(60000));
  put16(at + 4, UDP + DATA);
  put16(at + 6, 0);
  return length;
}

static int garbage(void) {
  for (int at = 12; at < LONGEST; at++) frame[at] = (unsigned char)chance(256);
  if (chance(2)) packet(chance(256), (int)chance(256), (int)chance(2000));
  return ETHERNET + (int)chance(LONGEST - ETHERNET);
}

int main(int count, char **words) {
  static int (*const kinds[])(void) = {syn, datagram, garbage};
  unsigned int mac[6];
  if (count < 3 || sscanf(words[2], "%x:%x:%x:%x:%x:%x", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) != 6) return 2;
  int wire = socket(AF_PACKET, SOCK_RAW, 0);
  struct ifreq card;
  memset(&card, 0, sizeof card);
  strncpy(card.ifr_name, count > 3 ? words[3] : "eth0", IFNAMSIZ - 1);
  if (wire < 0 || ioctl(wire, SIOCGIFHWADDR, &card)) return perror("card"), 1;
  for (int at = 0; at < 6; at++) frame[at] = (unsigned char)mac[at];
  memcpy(frame + 6, card.ifr_hwaddr.sa_data, 6);
  if (ioctl(wire, SIOCGIFINDEX, &card)) return perror("card"), 1;
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = card.ifr_ifindex, .sll_halen = 6};
  long sent = 0, wanted = 3 * atol(words[1]);
  while (sent < wanted) {
    int length = kinds[sent % 3]();
    while (sendto(wire, frame, (size_t)length, 0, (struct sockaddr *)&to, sizeof to) < 0) {
      if (errno != ENOBUFS && errno != EAGAIN) return perror("send"), 1;
      usleep(1000);
    }
    sent++;
  }
  return printf("%ld\n", sent), 0;
}
