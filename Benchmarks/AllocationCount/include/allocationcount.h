// Counts what a process asks of the heap, by standing before the C library's functions.
#ifndef REPLAYLAB_ALLOCATIONCOUNT_H
#define REPLAYLAB_ALLOCATIONCOUNT_H

#include <stdint.h>

/// Calls of malloc, calloc, realloc and their like since the process began, on all threads. Stays 0
/// where the C library is not glibc: nothing is counted there.
uint64_t allocation_count(void);

/// The bytes that they asked for.
uint64_t allocation_bytes(void);

#endif
