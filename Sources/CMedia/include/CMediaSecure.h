#ifndef CMEDIA_SECURE_H
#define CMEDIA_SECURE_H
#include <stddef.h>
#include <stdint.h>

/* A browser's leg: DTLS (OpenSSL) agrees on keys, SRTP (libsrtp2) uses them. Both libraries have structures that are
 * macros or version-dependent in their headers; these opaque ones keep them out of Swift. Nothing here is shared
 * between threads but an identity, which does not change. */

/* A certificate with its key (EC P-256, SHA-256), made new: browsers know it by its fingerprint alone. */
typedef struct hl_identity hl_identity;
/* The SRTP profiles that a leg takes, the best one first; tests ask for one of them. */
#define HL_SRTP_PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"
/* NULL when the library refuses. */
hl_identity *hl_identity_make(const char *profiles);
void hl_identity_free(hl_identity *identity);
enum { HL_DIGEST_SIZE = 32 };
/* SHA-256 over the certificate's DER, which only C can see. */
void hl_identity_digest(const hl_identity *identity, uint8_t *out);

/* One DTLS association over two memory buffers: datagrams go in and come out, sockets and waiting stay in Swift. */
typedef struct hl_dtls hl_dtls;
/* NULL when the library refuses. `is_client` is for tests: a leg of the product always waits to be called. */
hl_dtls *hl_dtls_make(const hl_identity *identity, int is_client);
void hl_dtls_free(hl_dtls *dtls);
enum { HL_DTLS_WAITING = 0, HL_DTLS_UP = 1, HL_DTLS_ENDED = 2, HL_DTLS_FAILED = -1 };
/* Takes one datagram (none for a client's first step) and goes as far as it can: many calls of OpenSSL, one here. */
int hl_dtls_put(hl_dtls *dtls, const void *datagram, size_t size);
/* Sends lost flights again when it is time; call now and then while waiting. OpenSSL keeps the time itself. */
int hl_dtls_tick(hl_dtls *dtls);
/* The next datagram to send, whole records only: a memory buffer forgets where datagrams end. 0 when there is none. */
size_t hl_dtls_take(hl_dtls *dtls, void *out, size_t size);
/* SHA-256 over the other side's certificate; 1 when it has shown one. */
int hl_dtls_peer_digest(const hl_dtls *dtls, uint8_t *out);
/* Writes close_notify, for `hl_dtls_take`. */
void hl_dtls_close(hl_dtls *dtls);

/* The two SRTP sessions of an association that is up: theirs with any source, ours with `own_source`. */
typedef struct hl_srtp hl_srtp;
/* NULL when no profile was agreed on. Keys never leave C. */
hl_srtp *hl_srtp_make(const hl_dtls *dtls, uint32_t own_source);
void hl_srtp_free(hl_srtp *srtp);
/* In place; the new length, or negative when refused (not authentic, seen before, no room). `packet` is 4-aligned. */
int hl_srtp_protect(hl_srtp *srtp, void *packet, size_t length, size_t capacity);
int hl_srtp_unprotect(hl_srtp *srtp, void *packet, size_t length);
int hl_srtp_protect_report(hl_srtp *srtp, void *packet, size_t length, size_t capacity);
int hl_srtp_unprotect_report(hl_srtp *srtp, void *packet, size_t length);

/* STUN's MESSAGE-INTEGRITY; OpenSSL has it ready. `out` holds 20 bytes. */
void hl_hmac_sha1(const void *key, size_t key_size, const void *data, size_t size, uint8_t *out);

#endif
