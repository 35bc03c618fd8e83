#pragma once
#include <stddef.h>

// Tables as spreadsheets write them (RFC 4180): fields with commas, quoted where needed, lines with
// or without CR. Pure.

#define CSV_FIELDS_MAX 32

// UTF-8 with or without its mark, else GB18030. `*textp` ends with a zero; mem_free() frees it.
// EILSEQ when it is neither (or has zeros in it), ENOMEM.
int csv_decode(const char *bytes, size_t len, char **textp);

// `fields` are trimmed and the text's own; missing ones are "". Returns what stops the reading.
typedef int csv_row_h(unsigned line, char *const *fields, size_t count, void *arg);

// Calls `handler` for every line that is not empty, from line 1. `text` is changed. EINVAL when a
// quote never ends or a line has too many fields; `*line` is where it stopped.
int csv_read(char *text, csv_row_h *handler, void *arg, unsigned *line);
