// In C for `target_clones`: one walk that is compiled for 8, 4 and 2 lanes a register, of which the
// machine that runs it takes the widest that it has.
#include "cdigest.h"

#include <string.h>

typedef uint64_t lanes __attribute__((vector_size(64), aligned(8)));

#if defined(__x86_64__) && defined(__linux__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void cdigest_lanes_add(
    cdigest_lanes *state, const void *records, size_t count, uint64_t least_time, uint64_t most_time,
    uint64_t most_device) {
    lanes sums, totals, outside;
    memcpy(&sums, state->sums, sizeof sums);
    memcpy(&totals, state->totals, sizeof totals);
    memcpy(&outside, state->outside, sizeof outside);
    const lanes least = {least_time, 0, least_time, 0, least_time, 0, least_time, 0};
    const lanes most = {most_time, most_device, most_time, most_device,
                        most_time, most_device, most_time, most_device};
    const uint64_t low = 0xFFFFFFFF;
    const lanes part = {-1, low, -1, low, -1, low, -1, low};
    const char *bytes = records;
    for (size_t at = 0; at + sizeof(lanes) <= count; at += sizeof(lanes)) {
        lanes words;
        memcpy(&words, bytes + at, sizeof words);
        sums = (sums << 7 | sums >> 57) + words;
        totals += sums;
        lanes values = words & part;
        outside |= (values - least) | (most - values);
    }
    memcpy(state->sums, &sums, sizeof sums);
    memcpy(state->totals, &totals, sizeof totals);
    memcpy(state->outside, &outside, sizeof outside);
}
