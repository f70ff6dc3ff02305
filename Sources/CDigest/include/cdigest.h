// SHA-256 of libcrypto, gzip reading of zlib and sums over records, as plain functions that Swift can
// call.
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

/// Sums over records of 16 bytes (a time in 8, a device in 4, a code in 4, little-endian), eight words
/// of 8 bytes at a time: zero before the first.
typedef struct {
    /// s = (s rotated left by 7) + word
    uint64_t sums[8];
    /// t = t + s
    uint64_t totals[8];
    /// The differences to the bounds, or'ed: one outside them leaves a sign here.
    uint64_t outside[8];
} cdigest_lanes;

/// Takes `count` bytes in, a multiple of 64, with the least and the greatest time and the greatest
/// device that can be.
void cdigest_lanes_add(
    cdigest_lanes *state, const void *records, size_t count, uint64_t least_time, uint64_t most_time,
    uint64_t most_device);

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
