#pragma once
#include <stddef.h>

// The only door to the heap. Every block is zeroed, counted, and can be made to fail, so that the
// out-of-memory run of the tests can refuse allocation 0, 1, 2... and see a clean error each time.
// Any thread. Never used on the packet path.

// Returns a zeroed block of `size` bytes, or NULL. Free with mem_free().
void *mem_zalloc(size_t size);

// Returns a zeroed array of `count` x `size` bytes, or NULL (also when the product overflows).
void *mem_array(size_t count, size_t size);

// Returns a block of at least `size` bytes with the old content kept, or NULL (then `block` lives
// on).
void *mem_resize(void *block, size_t size);

// Returns a copy of `text`, or NULL when `text` is NULL or memory is short. Free with mem_free().
char *mem_strdup(const char *text);

// Returns a copy of the first `len` bytes of `text` with a terminating zero, or NULL.
char *mem_strndup(const char *text, size_t len);

// Returns a formatted string, or NULL. Free with mem_free().
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Frees a block; NULL is allowed.
void mem_free(void *block);

// Of `size` bytes of which nothing is needed any more the whole pages cost no memory until they are
// written again, and are zero then.
void mem_discard(void *block, size_t size);

// Blocks allocated and not yet freed in the whole process: a test compares before and after.
long mem_live(void);

// Tests only: the allocation after `nth` more successes fails, once. Negative: none fails.
void mem_fail_after(long nth);
