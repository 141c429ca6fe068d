#define _GNU_SOURCE
#include <sched.h>
#include "CMedia.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int is_v4(const hl_endpoint *e) { return e->high == 0 && e->low >> 32 == 0xffff; }

static socklen_t to_sockaddr(const hl_endpoint *e, struct sockaddr_storage *out) {
  if (is_v4(e)) {
    struct sockaddr_in *a = (struct sockaddr_in *)out;
    memset(a, 0, sizeof *a);
    a->sin_family = AF_INET;
    a->sin_port = htons(e->port);
    a->sin_addr.s_addr = htonl((uint32_t)e->low);
    return sizeof *a;
  }
  struct sockaddr_in6 *a = (struct sockaddr_in6 *)out;
  memset(a, 0, sizeof *a);
  a->sin6_family = AF_INET6;
  a->sin6_port = htons(e->port);
  uint64_t words[2] = {htobe64(e->high), htobe64(e->low)};
  memcpy(&a->sin6_addr, words, 16);
  return sizeof *a;
}

static void from_sockaddr(const struct sockaddr_storage *in, hl_endpoint *out) {
  if (in->ss_family == AF_INET) {
    const struct sockaddr_in *a = (const struct sockaddr_in *)in;
    out->high = 0;
    out->low = 0xffffull << 32 | ntohl(a->sin_addr.s_addr);
    out->port = ntohs(a->sin_port);
    return;
  }
  const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)in;
  uint64_t words[2];
  memcpy(words, &a->sin6_addr, 16);
  out->high = be64toh(words[0]);
  out->low = be64toh(words[1]);
  out->port = ntohs(a->sin6_port);
}

int hl_endpoint_parse(const char *text, uint16_t port, hl_endpoint *out) {
  struct in_addr v4;
  struct in6_addr v6;
  out->port = port;
  if (inet_pton(AF_INET, text, &v4) == 1) {
    out->high = 0;
    out->low = 0xffffull << 32 | ntohl(v4.s_addr);
    return 1;
  }
  if (inet_pton(AF_INET6, text, &v6) != 1) return 0;
  uint64_t words[2];
  memcpy(words, &v6, 16);
  out->high = be64toh(words[0]);
  out->low = be64toh(words[1]);
  return 1;
}

int hl_endpoint_text(const hl_endpoint *e, char *out, size_t size) {
  struct sockaddr_storage storage;
  to_sockaddr(e, &storage);
  const void *address = storage.ss_family == AF_INET
                            ? (const void *)&((struct sockaddr_in *)&storage)->sin_addr
                            : (const void *)&((struct sockaddr_in6 *)&storage)->sin6_addr;
  return inet_ntop(storage.ss_family, address, out, (socklen_t)size) != NULL;
}

int hl_epoll_create(void) {
  int fd = epoll_create1(EPOLL_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

int hl_epoll_add(int epoll, int fd, uint64_t token) {
  struct epoll_event event = {.events = EPOLLIN};
  event.data.u64 = token;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int hl_epoll_remove(int epoll, int fd) { return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL) < 0 ? -errno : 0; }

int hl_epoll_wait(int epoll, uint64_t *tokens) {
  struct epoll_event events[HL_EPOLL_MAX];
  int count;
  do count = epoll_wait(epoll, events, HL_EPOLL_MAX, -1);
  while (count < 0 && errno == EINTR);
  for (int i = 0; i < count; i++) tokens[i] = events[i].data.u64;
  return count < 0 ? -errno : count;
}

int hl_eventfd(int blocking) {
  int fd = eventfd(0, EFD_CLOEXEC | (blocking ? 0 : EFD_NONBLOCK));
  return fd < 0 ? -errno : fd;
}

int hl_eventfd_add(int fd) {
  uint64_t one = 1;
  return write(fd, &one, sizeof one) == sizeof one ? 0 : -errno;
}

uint64_t hl_counter_take(int fd) {
  uint64_t count = 0;
  ssize_t got;
  do got = read(fd, &count, sizeof count);
  while (got < 0 && errno == EINTR);
  return got == sizeof count ? count : 0;
}

int hl_timerfd(int64_t interval_ns) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) return -errno;
  struct timespec interval = {interval_ns / 1000000000, interval_ns % 1000000000};
  struct itimerspec setting = {interval, interval};
  if (timerfd_settime(fd, 0, &setting, NULL) == 0) return fd;
  int error = errno;
  close(fd);
  return -error;
}

int hl_udp_open(const hl_endpoint *local) {
  struct sockaddr_storage address;
  socklen_t length = to_sockaddr(local, &address);
  int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  int on = 1, expedited = IPTOS_DSCP_EF;
  /* Marking may be forbidden in a container; the call works without it. */
  if (address.ss_family == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &expedited, sizeof expedited);
  } else {
    setsockopt(fd, IPPROTO_IP, IP_TOS, &expedited, sizeof expedited);
  }
  if (bind(fd, (struct sockaddr *)&address, length) == 0) return fd;
  int error = errno;
  close(fd);
  return -error;
}

int hl_udp_port(int fd) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) return -errno;
  hl_endpoint endpoint;
  from_sockaddr(&address, &endpoint);
  return endpoint.port;
}

int hl_udp_receive(int fd, void *buffer, size_t size, hl_endpoint *from) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  ssize_t got = recvfrom(fd, buffer, size, 0, (struct sockaddr *)&address, &length);
  if (got < 0) return -errno;
  from_sockaddr(&address, from);
  return (int)got;
}

int hl_udp_send(int fd, const void *buffer, size_t size, const hl_endpoint *to) {
  struct sockaddr_storage address;
  socklen_t length = to_sockaddr(to, &address);
  ssize_t sent = sendto(fd, buffer, size, MSG_NOSIGNAL, (struct sockaddr *)&address, length);
  return sent < 0 ? -errno : (int)sent;
}

int hl_udp_tell_local(int fd) {
  int on = 1, family = 0;
  socklen_t length = sizeof family;
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length) < 0) return -errno;
  int result = family == AF_INET6 ? setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on)
                                  : setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  return result < 0 ? -errno : 0;
}

/* Room for the one control message of either family, aligned as the macros want it. */
typedef union {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
} control;

int hl_udp_receive_at(int fd, void *buffer, size_t size, hl_endpoint *from, hl_endpoint *at) {
  struct sockaddr_storage address;
  control room;
  struct iovec vector = {buffer, size};
  struct msghdr message = {&address, sizeof address, &vector, 1, &room, sizeof room, 0};
  ssize_t got = recvmsg(fd, &message, 0);
  if (got < 0) return -errno;
  from_sockaddr(&address, from);
  memset(at, 0, sizeof *at);
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo info;
      memcpy(&info, CMSG_DATA(c), sizeof info);
      at->low = 0xffffull << 32 | ntohl(info.ipi_addr.s_addr);
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      struct in6_pktinfo info;
      memcpy(&info, CMSG_DATA(c), sizeof info);
      uint64_t words[2];
      memcpy(words, &info.ipi6_addr, 16);
      at->high = be64toh(words[0]);
      at->low = be64toh(words[1]);
    }
  }
  return (int)got;
}

int hl_udp_send_from(int fd, const void *buffer, size_t size, const hl_endpoint *to, const hl_endpoint *at) {
  if (at->high == 0 && at->low == 0) return hl_udp_send(fd, buffer, size, to);
  struct sockaddr_storage address;
  socklen_t length = to_sockaddr(to, &address);
  control room;
  memset(&room, 0, sizeof room);
  struct iovec vector = {(void *)buffer, size};
  struct msghdr message = {&address, length, &vector, 1, &room, sizeof room, 0};
  struct cmsghdr *c = CMSG_FIRSTHDR(&message);
  if (is_v4(at)) {
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl((uint32_t)at->low)};
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(c), &info, sizeof info);
    message.msg_controllen = CMSG_SPACE(sizeof info);
  } else {
    struct in6_pktinfo info = {0};
    uint64_t words[2] = {htobe64(at->high), htobe64(at->low)};
    memcpy(&info.ipi6_addr, words, 16);
    c->cmsg_level = IPPROTO_IPV6;
    c->cmsg_type = IPV6_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(c), &info, sizeof info);
    message.msg_controllen = CMSG_SPACE(sizeof info);
  }
  ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
  return sent < 0 ? -errno : (int)sent;
}

int hl_bind_processors(const int *numbers, int count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < count; i++) {
    if (numbers[i] < 0 || numbers[i] >= CPU_SETSIZE) return -EINVAL;
    CPU_SET(numbers[i], &set);
  }
  return sched_setaffinity(0, sizeof set, &set) < 0 ? -errno : 0;
}
