#ifndef CMEDIA_H
#define CMEDIA_H
#include <stddef.h>
#include <stdint.h>

#include "CMediaSecure.h"

/* Where a packet comes from or goes to. IPv4 is held as ::ffff:a.b.c.d, so that comparing is comparing words. */
typedef struct {
  uint64_t high, low;
  uint16_t port;
} hl_endpoint;

/* inet_pton and the sockaddr casts stay in C: Swift would need unsafe rebinding for each. 1 when the text is an address. */
int hl_endpoint_parse(const char *text, uint16_t port, hl_endpoint *out);
/* The address without its port; `size` at least 46. 1 when it was written. */
int hl_endpoint_text(const hl_endpoint *endpoint, char *out, size_t size);

/* epoll, eventfd and timerfd are not in the Glibc module. A descriptor, or -errno. */
int hl_epoll_create(void);
int hl_epoll_add(int epoll, int fd, uint64_t token);
int hl_epoll_remove(int epoll, int fd);
/* Unpacks the packed epoll_event; waits for ever, again after a signal; at most HL_EPOLL_MAX tokens. */
enum { HL_EPOLL_MAX = 256 };
int hl_epoll_wait(int epoll, uint64_t *tokens);
int hl_eventfd(int blocking);
int hl_eventfd_add(int fd);
/* Reads and clears a counter (eventfd, timerfd); 0 when nothing was there. */
uint64_t hl_counter_take(int fd);
int hl_timerfd(int64_t interval_ns);

/* One socket per leg: non-blocking, close-on-exec, marked expedited forwarding (RFC 3246). A descriptor, or -errno. */
int hl_udp_open(const hl_endpoint *local);
int hl_udp_port(int fd);
/* Bytes, or -errno. */
int hl_udp_receive(int fd, void *buffer, size_t size, hl_endpoint *from);
int hl_udp_send(int fd, const void *buffer, size_t size, const hl_endpoint *to);
/* A machine with several addresses: `at` is the one that a packet came to, and the one that an answer has to come from,
 * or the far end takes it for a stranger's. Control messages are macros. */
int hl_udp_tell_local(int fd);
int hl_udp_receive_at(int fd, void *buffer, size_t size, hl_endpoint *from, hl_endpoint *at);
int hl_udp_send_from(int fd, const void *buffer, size_t size, const hl_endpoint *to, const hl_endpoint *at);
/* Binds the calling thread, and those that it starts later, to these processors: cpu_set_t is made of macros. */
int hl_bind_processors(const int *numbers, int count);

#endif
