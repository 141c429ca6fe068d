#include "CVault.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

int hl_seal(const uint8_t *key, const uint8_t *nonce, const void *context, size_t context_size, const void *plain,
            size_t size, void *sealed, uint8_t *tag) {
  if (context_size > INT_MAX || size > INT_MAX) return 0;
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  if (!cipher) return 0;
  int done = 0;
  int ok = EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
           EVP_EncryptUpdate(cipher, NULL, &done, context, (int)context_size) == 1 &&
           EVP_EncryptUpdate(cipher, sealed, &done, plain, (int)size) == 1 &&
           EVP_EncryptFinal_ex(cipher, (uint8_t *)sealed + done, &done) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, HL_TAG_SIZE, tag) == 1;
  EVP_CIPHER_CTX_free(cipher);
  return ok;
}

int hl_open(const uint8_t *key, const uint8_t *nonce, const void *context, size_t context_size, const void *sealed,
            size_t size, const uint8_t *tag, void *plain) {
  if (context_size > INT_MAX || size > INT_MAX) return 0;
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  if (!cipher) return 0;
  int done = 0;
  int ok = EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
           EVP_DecryptUpdate(cipher, NULL, &done, context, (int)context_size) == 1 &&
           EVP_DecryptUpdate(cipher, plain, &done, sealed, (int)size) == 1 &&
           /* OpenSSL takes a pointer that it does not write through. */
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, HL_TAG_SIZE, (void *)tag) == 1 &&
           EVP_DecryptFinal_ex(cipher, (uint8_t *)plain + done, &done) == 1;
  EVP_CIPHER_CTX_free(cipher);
  return ok;
}

int hl_mac(const uint8_t *key, const void *data, size_t size, uint8_t *out) {
  unsigned length = 0;
  return HMAC(EVP_sha256(), key, HL_KEY_SIZE, data, size, out, &length) && length == HL_MAC_SIZE;
}
