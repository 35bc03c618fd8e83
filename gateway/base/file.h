#pragma once
#include <stddef.h>

// Writing to a file. May block: not for threads that must not. Errors are errno's.

// All of it, however many writes it takes.
int file_write(int fd, const void *data, size_t len);
// Likewise, and on the disk when it returns 0.
int file_write_synced(int fd, const void *data, size_t len);
