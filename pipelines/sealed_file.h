#pragma once
#include <stdint.h>
#include <sys/types.h>

#include "pipelines/sealed.h"

// A sealed file read at any place, as far as it was whole when it was opened. Only what is asked
// for is decrypted, a chunk at a time. One thread at a time.

struct sealed_file;

// EBADMSG: not a sealed file; ENOENT and others of open(); ENOMEM.
int sealed_file_open(struct sealed_file **filep, const char *path,
                     const uint8_t key[SEALED_KEY_LEN], const char *about);
// As pread() of the plain bytes; -1 with errno EBADMSG where the file is not as it was sealed.
ssize_t sealed_file_read(struct sealed_file *file, void *to, size_t len, off_t at);
off_t sealed_file_size(const struct sealed_file *file); // plain bytes
// Forgets the key.
void sealed_file_free(struct sealed_file *file);
