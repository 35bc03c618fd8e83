#pragma once
#include "signaling/record/field.h"
#include "signaling/record/record_json.h"

// A field's value as a reader wants it: codes become the register's words, written into `text`.
const char *record_readable(const struct record *record, const struct record_field *field,
                            char *text, size_t size);

#define RECORD_MARK_LEN 224

// Who takes this copy, and when in China: "刘志远 2026-11-22 10:30". It stands across each page.
void record_copy_mark(const struct record_view *view, char text[RECORD_MARK_LEN]);

// The register's two forms of a record (filled by record_fill()): for paper and for a table.
// Both return mem_free()'s text, or NULL without memory.

// <h1>, a table of title and value in the register's order, and the seal. Everything in it is
// escaped.
char *record_sheet_html(const struct record_view *view);
// RFC 4180 with a byte order mark, so that office programs read it as UTF-8: a line of titles, a
// line of values. A value that a program would take for a formula begins with an apostrophe.
char *record_sheet_csv(const struct record_view *view);
