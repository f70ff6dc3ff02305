// The program's own malloc comes before glibc's in the order of look-up, for every library of the
// process: Swift's runtime, SQLite and glibc itself ask here. Memory is still glibc's, so its free
// serves, and needs no counting.
#define _GNU_SOURCE
#include "allocationcount.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

static _Atomic uint64_t count, bytes;

uint64_t allocation_count(void) { return atomic_load(&count); }
uint64_t allocation_bytes(void) { return atomic_load(&bytes); }

#ifdef __GLIBC__
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t items, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void note(size_t size) {
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
}

void *malloc(size_t size) {
    note(size);
    return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
    // Where the product overflows, glibc refuses; the count is right all the same.
    note(items * size);
    return __libc_calloc(items, size);
}

void *realloc(void *old, size_t size) {
    note(size);
    return __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t items, size_t size) {
    size_t product;
    if (__builtin_mul_overflow(items, size, &product)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, product);
}

void *memalign(size_t alignment, size_t size) {
    note(size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **place, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    void *memory = memalign(alignment, size);
    if (!memory) return ENOMEM;
    *place = memory;
    return 0;
}
#endif
