#ifndef CVAULT_H
#define CVAULT_H
#include <stddef.h>
#include <stdint.h>

/* AES-256-GCM (NIST SP 800-38D) by OpenSSL, whose contexts are many calls on pointers: one call each here. A nonce is
 * never used twice with one key. All return 1 when they did it. */
enum { HL_KEY_SIZE = 32, HL_NONCE_SIZE = 12, HL_TAG_SIZE = 16, HL_MAC_SIZE = 32 };
int hl_seal(const uint8_t *key, const uint8_t *nonce, const void *context, size_t context_size, const void *plain,
            size_t size, void *sealed, uint8_t *tag);
/* 0 when key, nonce, context, text and tag do not belong together; what is in `plain` means nothing then. */
int hl_open(const uint8_t *key, const uint8_t *nonce, const void *context, size_t context_size, const void *sealed,
            size_t size, const uint8_t *tag, void *plain);
/* HMAC with SHA-256 (RFC 2104); `out` holds HL_MAC_SIZE bytes. */
int hl_mac(const uint8_t *key, const void *data, size_t size, uint8_t *out);

#endif
