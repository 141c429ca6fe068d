#include "CMediaSecure.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <srtp2/srtp.h>
#include <stdlib.h>
#include <string.h>

/* Below what any path carries with the headers of IPv6, UDP and a tunnel (Chromium's own value). */
enum { MTU = 1200 };
/* A browser's certificate has under 1 kB; longer chains are refused before they are gathered. */
enum { LONGEST_CERTIFICATES = 8192 };
/* First repetition after this long, doubled up to the limit: RFC 6347's second is heard by a waiting agent. */
enum { FIRST_TIMEOUT_US = 250000, LAST_TIMEOUT_US = 4000000 };
/* Bytes of the header of a DTLS record, and where its length stands (RFC 6347, 4.1). */
enum { RECORD_HEADER = 13, RECORD_LENGTH = 11 };

struct hl_identity {
  SSL_CTX *context;
  uint8_t digest[HL_DIGEST_SIZE];
};

struct hl_dtls {
  SSL *ssl;
  BIO *in, *out; /* owned by `ssl` */
  int is_client;
};

struct hl_srtp {
  srtp_t in, out;
};

/* Browsers' certificates are self-signed: who it is says the fingerprint of the offer, compared afterwards. */
static int accept_any(int ok, X509_STORE_CTX *store) {
  (void)ok;
  (void)store;
  return 1;
}

static unsigned int next_timeout(SSL *ssl, unsigned int last_us) {
  (void)ssl;
  if (last_us == 0) return FIRST_TIMEOUT_US;
  return last_us >= LAST_TIMEOUT_US / 2 ? LAST_TIMEOUT_US : 2 * last_us;
}

static X509 *self_signed(EVP_PKEY *key) {
  X509 *certificate = X509_new();
  if (!certificate) return NULL;
  X509_NAME *name = X509_get_subject_name(certificate);
  /* A day back for clocks that are late; fingerprints are all that is looked at, so the end matters to nobody. */
  int ok = X509_set_version(certificate, 2) && ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -86400) &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * 3650) &&
           X509_set_pubkey(certificate, key) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"hotline", -1, -1, 0) &&
           X509_set_issuer_name(certificate, name) && X509_sign(certificate, key, EVP_sha256());
  if (ok) return certificate;
  X509_free(certificate);
  return NULL;
}

static int digest_of(const X509 *certificate, uint8_t *out) {
  unsigned int size = 0;
  return X509_digest(certificate, EVP_sha256(), out, &size) && size == HL_DIGEST_SIZE;
}

hl_identity *hl_identity_make(const char *profiles) {
  hl_identity *identity = calloc(1, sizeof *identity);
  if (!identity) return NULL;
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = key ? self_signed(key) : NULL;
  SSL_CTX *context = SSL_CTX_new(DTLS_method());
  identity->context = context;
  int ok = certificate && context && digest_of(certificate, identity->digest) &&
           SSL_CTX_use_certificate(context, certificate) && SSL_CTX_use_PrivateKey(context, key) &&
           SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) &&
           SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") &&
           /* 0 is success here, unlike everywhere else. */
           SSL_CTX_set_tlsext_use_srtp(context, profiles) == 0;
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!ok) {
    hl_identity_free(identity);
    ERR_clear_error();
    return NULL;
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_max_cert_list(context, LONGEST_CERTIFICATES);
  return identity;
}

void hl_identity_free(hl_identity *identity) {
  if (!identity) return;
  SSL_CTX_free(identity->context);
  free(identity);
}

void hl_identity_digest(const hl_identity *identity, uint8_t *out) {
  memcpy(out, identity->digest, HL_DIGEST_SIZE);
}

hl_dtls *hl_dtls_make(const hl_identity *identity, int is_client) {
  hl_dtls *dtls = calloc(1, sizeof *dtls);
  SSL *ssl = dtls ? SSL_new(identity->context) : NULL;
  BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
  if (!ssl || !in || !out) {
    BIO_free(in);
    BIO_free(out);
    SSL_free(ssl);
    free(dtls);
    ERR_clear_error();
    return NULL;
  }
  /* An empty buffer means "later", not "the end". */
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(ssl, in, out);
  SSL_set_mtu(ssl, MTU);
  DTLS_set_timer_cb(ssl, next_timeout);
  if (is_client) SSL_set_connect_state(ssl);
  else SSL_set_accept_state(ssl);
  dtls->ssl = ssl;
  dtls->in = in;
  dtls->out = out;
  dtls->is_client = is_client;
  return dtls;
}

void hl_dtls_free(hl_dtls *dtls) {
  if (!dtls) return;
  SSL_free(dtls->ssl);
  free(dtls);
}

int hl_dtls_put(hl_dtls *dtls, const void *datagram, size_t size) {
  ERR_clear_error();
  /* What the last datagram left unread goes: a datagram is taken whole or lost. */
  (void)BIO_reset(dtls->in);
  if (size > 0 && BIO_write(dtls->in, datagram, (int)size) != (int)size) return HL_DTLS_FAILED;
  if (!SSL_is_init_finished(dtls->ssl)) {
    int result = SSL_do_handshake(dtls->ssl);
    if (result <= 0) return SSL_get_error(dtls->ssl, result) == SSL_ERROR_WANT_READ ? HL_DTLS_WAITING : HL_DTLS_FAILED;
  }
  /* Nothing is said over the association but its end; a datagram bounds the loop. */
  uint8_t scratch[2048];
  int got;
  do got = SSL_read(dtls->ssl, scratch, sizeof scratch);
  while (got > 0);
  switch (SSL_get_error(dtls->ssl, got)) {
    case SSL_ERROR_WANT_READ: return HL_DTLS_UP;
    default: return HL_DTLS_ENDED;
  }
}

int hl_dtls_tick(hl_dtls *dtls) {
  ERR_clear_error();
  if (SSL_is_init_finished(dtls->ssl)) return HL_DTLS_UP;
  return DTLSv1_handle_timeout(dtls->ssl) < 0 ? HL_DTLS_FAILED : HL_DTLS_WAITING;
}

size_t hl_dtls_take(hl_dtls *dtls, void *out, size_t size) {
  uint8_t *start = NULL;
  long waiting = BIO_get_mem_data(dtls->out, &start);
  size_t whole = 0, limit = size < MTU ? size : MTU;
  while (waiting > 0 && whole + RECORD_HEADER <= (size_t)waiting) {
    const uint8_t *record = start + whole;
    size_t length = RECORD_HEADER + ((size_t)record[RECORD_LENGTH] << 8 | record[RECORD_LENGTH + 1]);
    if (whole + length > limit || whole + length > (size_t)waiting) break;
    whole += length;
  }
  if (whole == 0) {
    (void)BIO_reset(dtls->out);
    return 0;
  }
  return BIO_read(dtls->out, out, (int)whole) == (int)whole ? whole : 0;
}

int hl_dtls_peer_digest(const hl_dtls *dtls, uint8_t *out) {
  X509 *certificate = SSL_get1_peer_certificate(dtls->ssl);
  int ok = certificate && digest_of(certificate, out);
  X509_free(certificate);
  return ok;
}

void hl_dtls_close(hl_dtls *dtls) {
  ERR_clear_error();
  if (SSL_is_init_finished(dtls->ssl)) (void)SSL_shutdown(dtls->ssl);
  ERR_clear_error();
}

static int srtp_is_ready;
static void start_srtp(void) { srtp_is_ready = srtp_init() == srtp_err_status_ok; }

/* The most key and salt that a profile takes, for one side. */
enum { KEY_SIZE = 16, MOST_SALT = 14 };

static int add_session(srtp_t *session, unsigned long profile, srtp_ssrc_t source, uint8_t *key) {
  srtp_policy_t policy;
  memset(&policy, 0, sizeof policy);
  if (profile == SRTP_AEAD_AES_128_GCM) {
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  } else {
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  }
  policy.ssrc = source;
  policy.key = key;
  /* Packets of a talker who is passed on may overtake each other by as many. */
  policy.window_size = 1024;
  /* Two packets under one number would show the key stream, for GCM the key of the authentication. */
  policy.allow_repeat_tx = 0;
  return srtp_create(session, &policy) == srtp_err_status_ok;
}

hl_srtp *hl_srtp_make(const hl_dtls *dtls, uint32_t own_source) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, start_srtp);
  const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(dtls->ssl);
  if (!srtp_is_ready || !profile) return NULL;
  const size_t salt = profile->id == SRTP_AEAD_AES_128_GCM ? 12 : 14;
  static const char label[] = "EXTRACTOR-dtls_srtp";
  uint8_t material[2 * (KEY_SIZE + MOST_SALT)];
  uint8_t client[KEY_SIZE + MOST_SALT], server[KEY_SIZE + MOST_SALT];
  hl_srtp *srtp = NULL;
  if (SSL_export_keying_material(dtls->ssl, material, 2 * (KEY_SIZE + salt), label, sizeof label - 1, NULL, 0, 0) == 1)
    srtp = calloc(1, sizeof *srtp);
  if (srtp) {
    /* client's key, server's key, client's salt, server's salt (RFC 5764, 4.2) */
    memcpy(client, material, KEY_SIZE);
    memcpy(server, material + KEY_SIZE, KEY_SIZE);
    memcpy(client + KEY_SIZE, material + 2 * KEY_SIZE, salt);
    memcpy(server + KEY_SIZE, material + 2 * KEY_SIZE + salt, salt);
    srtp_ssrc_t theirs = {.type = ssrc_any_inbound}, ours = {.type = ssrc_specific, .value = own_source};
    if (!add_session(&srtp->in, profile->id, theirs, dtls->is_client ? server : client) ||
        !add_session(&srtp->out, profile->id, ours, dtls->is_client ? client : server)) {
      hl_srtp_free(srtp);
      srtp = NULL;
    }
  }
  OPENSSL_cleanse(material, sizeof material);
  OPENSSL_cleanse(client, sizeof client);
  OPENSSL_cleanse(server, sizeof server);
  ERR_clear_error();
  return srtp;
}

void hl_srtp_free(hl_srtp *srtp) {
  if (!srtp) return;
  if (srtp->in) srtp_dealloc(srtp->in);
  if (srtp->out) srtp_dealloc(srtp->out);
  free(srtp);
}

typedef srtp_err_status_t change(srtp_t, void *, int *);

static int apply(change *change, srtp_t session, void *packet, size_t length) {
  int size = (int)length;
  srtp_err_status_t status = change(session, packet, &size);
  return status == srtp_err_status_ok ? size : -(int)status;
}

int hl_srtp_protect(hl_srtp *srtp, void *packet, size_t length, size_t capacity) {
  if (length + SRTP_MAX_TRAILER_LEN > capacity) return -(int)srtp_err_status_bad_param;
  return apply(srtp_protect, srtp->out, packet, length);
}
int hl_srtp_unprotect(hl_srtp *srtp, void *packet, size_t length) {
  return apply(srtp_unprotect, srtp->in, packet, length);
}
int hl_srtp_protect_report(hl_srtp *srtp, void *packet, size_t length, size_t capacity) {
  if (length + SRTP_MAX_TRAILER_LEN + 4 > capacity) return -(int)srtp_err_status_bad_param;
  return apply(srtp_protect_rtcp, srtp->out, packet, length);
}
int hl_srtp_unprotect_report(hl_srtp *srtp, void *packet, size_t length) {
  return apply(srtp_unprotect_rtcp, srtp->in, packet, length);
}

void hl_hmac_sha1(const void *key, size_t key_size, const void *data, size_t size, uint8_t *out) {
  unsigned int written = 0;
  HMAC(EVP_sha1(), key, (int)key_size, data, size, out, &written);
}
