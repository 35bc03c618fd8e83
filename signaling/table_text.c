#include "signaling/table_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int table_text_read(const char *path, char text[TABLE_TEXT_MAX])
{
    FILE *file = fopen(path, "re");
    if (!file)
        return errno;
    size_t len = fread(text, 1, TABLE_TEXT_MAX, file);
    int err = ferror(file)            ? EIO
              : len == TABLE_TEXT_MAX ? EFBIG
              : memchr(text, 0, len)  ? EILSEQ
                                      : 0;
    text[err ? 0 : len] = 0;
    fclose(file);
    return err;
}
