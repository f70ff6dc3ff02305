// The one-shot and streaming SHA-256 of libcrypto's low-level interface: an order of magnitude
// cheaper for messages of a few hundred bytes than EVP, which looks its algorithm up each time.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "cdigest.h"

#include <openssl/sha.h>
#include <stdlib.h>
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

struct cdigest_inflate {
    z_stream stream;
};

cdigest_inflate *cdigest_inflate_open(void) {
    cdigest_inflate *state = calloc(1, sizeof *state);
    if (state == NULL) return NULL;
    if (inflateInit2(&state->stream, 15 + 16) != Z_OK) {
        free(state);
        return NULL;
    }
    return state;
}

int cdigest_inflate_step(
    cdigest_inflate *state, const void *in, size_t in_count, size_t *in_used, void *out,
    size_t out_count, size_t *out_used
) {
    z_stream *stream = &state->stream;
    if (in_count > 1u << 30) in_count = 1u << 30;
    if (out_count > 1u << 30) out_count = 1u << 30;
    stream->next_in = (Bytef *)in;
    stream->avail_in = (unsigned)in_count;
    stream->next_out = out;
    stream->avail_out = (unsigned)out_count;
    int code = inflate(stream, Z_NO_FLUSH);
    *in_used = in_count - stream->avail_in;
    *out_used = out_count - stream->avail_out;
    if (code == Z_STREAM_END) return inflateReset(stream) == Z_OK ? 1 : -1;
    return code == Z_OK || code == Z_BUF_ERROR ? 0 : -1;
}

const char *cdigest_inflate_error(cdigest_inflate *state) {
    return state->stream.msg != NULL ? state->stream.msg : "it is damaged";
}

void cdigest_inflate_close(cdigest_inflate *state) {
    inflateEnd(&state->stream);
    free(state);
}
