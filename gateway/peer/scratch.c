#include "gateway/peer/scratch.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "gateway/base/mem.h"

// A record's buffers, which are still read from, have less: 16 KiB and what encryption adds.
#define LEAST 20480

// Whose handshake this thread is in.
static _Thread_local struct scratch *current;

static void *noted(void *block, size_t size)
{
    if (block && current && size >= LEAST)
        *current = (struct scratch){block, size};
    return block;
}

static void forget(const void *block)
{
    if (current && block && current->block == block)
        *current = (struct scratch){0};
}

static void *take(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return size ? noted(malloc(size), size) : NULL;
}

static void give(void *block, const char *file, int line)
{
    (void)file, (void)line;
    forget(block);
    free(block);
}

static void *resize(void *block, size_t size, const char *file, int line)
{
    if (!size) {
        give(block, file, line);
        return NULL;
    }
    forget(block);
    return noted(realloc(block, size), size);
}

bool scratch_install(void)
{
    return CRYPTO_set_mem_functions(take, resize, give) == 1;
}

void scratch_enter(struct scratch *scratch)
{
    current = scratch;
}

void scratch_leave(void)
{
    current = NULL;
}

void scratch_discard(struct scratch *scratch)
{
    if (scratch->block)
        mem_discard(scratch->block, scratch->size);
    *scratch = (struct scratch){0};
}
