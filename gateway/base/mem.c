#include "gateway/base/mem.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Process-wide on purpose: they count the one heap there is.
static atomic_long live_blocks;
static atomic_long fail_after = -1;

static bool must_fail(void)
{
    if (atomic_load_explicit(&fail_after, memory_order_relaxed) < 0)
        return false;
    return atomic_fetch_sub(&fail_after, 1) == 0;
}

static void *counted(void *block)
{
    if (block)
        atomic_fetch_add_explicit(&live_blocks, 1, memory_order_relaxed);
    return block;
}

void *mem_zalloc(size_t size)
{
    return must_fail() ? NULL : counted(calloc(1, size ? size : 1));
}

void *mem_array(size_t count, size_t size)
{
    return must_fail() ? NULL : counted(calloc(count ? count : 1, size ? size : 1));
}

void *mem_resize(void *block, size_t size)
{
    if (!block)
        return mem_zalloc(size);
    return must_fail() ? NULL : realloc(block, size ? size : 1);
}

char *mem_strndup(const char *text, size_t len)
{
    char *copy = text ? mem_zalloc(len + 1) : NULL;
    if (copy)
        memcpy(copy, text, len);
    return copy;
}

char *mem_strdup(const char *text)
{
    return text ? mem_strndup(text, strlen(text)) : NULL;
}

char *mem_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : mem_zalloc((size_t)len + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

void mem_free(void *block)
{
    if (!block)
        return;
    atomic_fetch_sub_explicit(&live_blocks, 1, memory_order_relaxed);
    free(block);
}

void mem_discard(void *block, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)block + page - 1) & ~(page - 1);
    uintptr_t to = ((uintptr_t)block + size) & ~(page - 1);
    if (to > from) // refused: it only stays
        (void)madvise((char *)block + (from - (uintptr_t)block), to - from, MADV_DONTNEED);
}

long mem_live(void)
{
    return atomic_load(&live_blocks);
}

void mem_fail_after(long nth)
{
    atomic_store(&fail_after, nth);
}
