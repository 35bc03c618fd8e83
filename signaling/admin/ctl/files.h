#pragma once
#include <stdbool.h>

// Whole files, for backups. What is written is on the disk when a function returns, readable by its
// owner alone. errno values.

#define PATH_LEN     1024
#define FILE_SUM_LEN 65 // SHA-256 in lower-case hex, with the zero

// "DIR/NAME"; false when it is too long.
bool file_join(char path[PATH_LEN], const char *dir, const char *name);
// Makes the folders above `path`.
int file_directory_of(const char *path);
// `to` is new: EEXIST.
int file_copy(const char *from, const char *to);
// Gives the file to whoever `like` belongs to when root calls, for a gateway that is somebody else.
int file_give(const char *path, const char *like);
int file_sum(const char *path, char hex[FILE_SUM_LEN]);
// What was made, renamed or removed in it is on the disk too.
int file_sync_directory(const char *dir);
