// SHA-256 of libcrypto and gzip reading of zlib, as plain functions that Swift can call.
#ifndef REPLAYLAB_CDIGEST_H
#define REPLAYLAB_CDIGEST_H

#include <stddef.h>
#include <stdint.h>

/// The state of a SHA-256 computation: a plain value, copied as such.
typedef struct {
    uint32_t words[28];
} cdigest_sha256;

void cdigest_sha256_init(cdigest_sha256 *state);
void cdigest_sha256_update(cdigest_sha256 *state, const void *bytes, size_t count);
void cdigest_sha256_final(cdigest_sha256 *state, uint8_t out[32]);

/// SHA-256 of `bytes` in one call.
void cdigest_sha256_once(const void *bytes, size_t count, uint8_t out[32]);

/// An open file that is read as plain bytes, or decompressed if it begins with gzip's magic.
typedef struct cdigest_gzip cdigest_gzip;

/// Takes over `descriptor`. NULL if memory is short.
cdigest_gzip *cdigest_gzip_open(int descriptor);

/// Bytes read, 0 at the end, -1 on an error that `cdigest_gzip_error` describes.
long cdigest_gzip_read(cdigest_gzip *file, void *into, size_t count);
const char *cdigest_gzip_error(cdigest_gzip *file);

/// 0, or -1 where a compressed stream ended too early.
int cdigest_gzip_close(cdigest_gzip *file);

/// Decompresses gzip that the caller reads itself, member by member.
typedef struct cdigest_inflate cdigest_inflate;

/// NULL if memory is short.
cdigest_inflate *cdigest_inflate_open(void);

/// Takes bytes in and gives bytes out, and says how many of each: 0 more is to come, 1 a member
/// ended here (the next call begins another one), -1 the bytes are no gzip.
int cdigest_inflate_step(
    cdigest_inflate *state, const void *in, size_t in_count, size_t *in_used, void *out,
    size_t out_count, size_t *out_used);
const char *cdigest_inflate_error(cdigest_inflate *state);
void cdigest_inflate_close(cdigest_inflate *state);

#endif
