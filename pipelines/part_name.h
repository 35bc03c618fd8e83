#pragma once
#include <stddef.h>

// The names of a recording's files. The gateway says "/dir/name.mkv"; the files are "/dir/name"
// and, from the second on, "-2", "-3"..., with ".mkv.part" while open and ".webm" or ".mkv" when
// complete.

#define PART_MAX 999

// The name of file `number` (from 1) with `suffix`. ENAMETOOLONG.
int part_name(char *name, size_t size, const char *base, unsigned number, const char *suffix);

// The first number of which no file exists yet, open or complete. EMFILE behind PART_MAX.
int part_first_free(const char *base, unsigned *number);
