#pragma once
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "pipelines/sealed.h"

// Where a recording's bytes go: a file in clear, or a sealed one (sealed.h) of which no byte is on
// the disk in clear. One thread at a time.

struct sink;

// `fd` is an empty file that stays the caller's. `key` NULL: in clear; else `about` counts, too.
// ENOMEM, EINVAL, or what write said.
int sink_alloc(struct sink **sinkp, int fd, const uint8_t *key, const char *about);
// Adds bytes; `parts` is used up. A sealed file takes them when a chunk is full or at sink_sync().
// What write said.
int sink_write(struct sink *sink, struct iovec *parts, int count);
// All so far is on the disk when this returns 0.
int sink_sync(struct sink *sink);
// Corrects bytes written before. What a sealed file has on the disk already stays as it is.
int sink_patch(struct sink *sink, off_t at, const void *bytes, size_t len);
// A sealed file gets its last chunk. NULL is allowed.
void sink_free(struct sink *sink);
