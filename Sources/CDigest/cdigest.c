// The one-shot and streaming SHA-256 of libcrypto's low-level interface: an order of magnitude
// cheaper for messages of a few hundred bytes than EVP, which looks its algorithm up each time.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "cdigest.h"

#include <openssl/sha.h>
#include <string.h>
#include <zlib.h>

_Static_assert(sizeof(cdigest_sha256) >= sizeof(SHA256_CTX), "cdigest_sha256 holds a SHA256_CTX");

void cdigest_sha256_init(cdigest_sha256 *state) { SHA256_Init((SHA256_CTX *)state); }

void cdigest_sha256_update(cdigest_sha256 *state, const void *bytes, size_t count) {
    SHA256_Update((SHA256_CTX *)state, bytes, count);
}

void cdigest_sha256_final(cdigest_sha256 *state, uint8_t out[32]) {
    SHA256_Final(out, (SHA256_CTX *)state);
}

void cdigest_sha256_once(const void *bytes, size_t count, uint8_t out[32]) {
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, bytes, count);
    SHA256_Final(out, &state);
}

cdigest_gzip *cdigest_gzip_open(int descriptor) {
    gzFile file = gzdopen(descriptor, "rb");
    if (file != NULL) gzbuffer(file, 1 << 18);
    return (cdigest_gzip *)file;
}

long cdigest_gzip_read(cdigest_gzip *file, void *into, size_t count) {
    if (count > 1u << 30) count = 1u << 30;
    return gzread((gzFile)file, into, (unsigned)count);
}

const char *cdigest_gzip_error(cdigest_gzip *file) {
    int code = 0;
    return gzerror((gzFile)file, &code);
}

int cdigest_gzip_close(cdigest_gzip *file) {
    return gzclose_r((gzFile)file) == Z_OK ? 0 : -1;
}
