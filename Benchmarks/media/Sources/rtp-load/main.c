/* RTP load: both ends of many calls from two sockets, 50 packets a second each way, spread over the 20 ms.
 * The first eight bytes of each payload carry the sending time, so both ends must speak the same codec.
 * usage: rtp-load <port of side a> <port of side b> <file with "portA portB" per call> <seconds> */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { MAX_CALLS = 8192, BATCH = 64, SLOTS = 20, PACKET = 172, BUCKETS = 2001 };
static const uint64_t SLOT_NS = 1000000, DRAIN_NS = 300000000;

static int ports[2][MAX_CALLS], calls;
static uint64_t sent, received, delays[BUCKETS]; /* buckets of 0.1 ms */
static struct mmsghdr messages[BATCH];
static struct iovec pieces[BATCH];
static uint8_t packets[BATCH][512];
static struct sockaddr_in addresses[BATCH];

static uint64_t nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int open_socket(int port) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = 32 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, (struct sockaddr *)&local, sizeof local)) {
    perror("bind");
    exit(1);
  }
  return fd;
}

static void flush(int fd, int count) {
  int done = count ? sendmmsg(fd, messages, (unsigned)count, 0) : 0;
  if (done > 0) sent += (uint64_t)done;
}

static void send_slot(int fd, int side, uint64_t slot) {
  uint32_t sequence = (uint32_t)(slot / SLOTS);
  int count = 0;
  for (int call = (int)(slot % SLOTS); call < calls; call += SLOTS) {
    uint8_t *packet = packets[count];
    uint32_t timestamp = htonl(sequence * 160), source = htonl((uint32_t)(call * 2 + side + 1));
    uint64_t now = nanoseconds();
    memset(packet, 0xd5, PACKET);
    packet[0] = 0x80;
    packet[1] = 8;
    packet[2] = (uint8_t)(sequence >> 8);
    packet[3] = (uint8_t)sequence;
    memcpy(packet + 4, &timestamp, 4);
    memcpy(packet + 8, &source, 4);
    memcpy(packet + 12, &now, 8);
    addresses[count] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)ports[side][call])};
    addresses[count].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    pieces[count] = (struct iovec){packet, PACKET};
    messages[count].msg_hdr = (struct msghdr){
        .msg_name = &addresses[count], .msg_namelen = sizeof addresses[0], .msg_iov = &pieces[count], .msg_iovlen = 1};
    if (++count == BATCH) {
      flush(fd, count);
      count = 0;
    }
  }
  flush(fd, count);
}

static void receive_all(int fd) {
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      pieces[i] = (struct iovec){packets[i], sizeof packets[i]};
      messages[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
    }
    int got = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
    if (got <= 0) return;
    uint64_t now = nanoseconds();
    for (int i = 0; i < got; i++) {
      uint64_t then;
      memcpy(&then, packets[i] + 12, 8);
      /* Silence that the other side makes itself carries no time. */
      if (then > now || now - then > 10000000000u) continue;
      uint64_t bucket = (now - then) / 100000;
      delays[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
      received++;
    }
    if (got < BATCH) return;
  }
}

static double percentile(double share) {
  uint64_t sum = 0;
  for (int i = 0; i < BUCKETS; i++)
    if ((sum += delays[i]) >= (uint64_t)((double)received * share)) return (i + 1) / 10.0;
  return BUCKETS / 10.0;
}

int main(int count, char **words) {
  if (count < 5) return 2;
  FILE *file = fopen(words[3], "r");
  while (file && calls < MAX_CALLS && fscanf(file, "%d %d", &ports[0][calls], &ports[1][calls]) == 2) calls++;
  int fds[2] = {open_socket(atoi(words[1])), open_socket(atoi(words[2]))};
  uint64_t start = nanoseconds(), stop = start + (uint64_t)atoi(words[4]) * 1000000000u, slot = 0, slip = 0;
  for (uint64_t now = start; now < stop + DRAIN_NS; now = nanoseconds()) {
    uint64_t due = start + slot * SLOT_NS;
    if (now >= due && now < stop) {
      if (now - due > slip) slip = now - due;
      for (int side = 0; side < 2; side++) send_slot(fds[side], side, slot);
      slot++;
    }
    receive_all(fds[0]);
    receive_all(fds[1]);
    now = nanoseconds();
    due = start + slot * SLOT_NS;
    if (now < due) {
      struct pollfd ready[2] = {{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}};
      struct timespec wait = {0, (long)(due - now)};
      ppoll(ready, 2, &wait, NULL);
    }
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("load: calls=%d sent=%lu received=%lu lost=%.3f%% delay p50=%.1f p99=%.1f p99.9=%.1f ms slip=%.1f ms\n", calls,
         sent, received, sent ? 100.0 * ((double)sent - (double)received) / (double)sent : 0, percentile(.5),
         percentile(.99), percentile(.999), (double)slip / 1e6);
  return 0;
}
