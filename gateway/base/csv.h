#pragma once
#include <stdbool.h>

#include "gateway/base/writer.h"

// Tables for office programs (RFC 4180): UTF-8 with its mark, every cell quoted, lines that end
// with CR LF.

// Before the first line.
void csv_begin(struct writer *w);
// `first` of its line. A value that a program would take for a formula begins with an apostrophe.
void csv_cell(struct writer *w, const char *value, bool first);
void csv_end(struct writer *w);
