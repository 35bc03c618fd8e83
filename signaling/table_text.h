#pragma once

// A table that an operator writes, as a file of text.

#define TABLE_TEXT_MAX 16384

// All of it with a zero behind it. EFBIG, EILSEQ (it has a zero), and others of the disk.
int table_text_read(const char *path, char text[TABLE_TEXT_MAX]);
