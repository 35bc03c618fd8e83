#pragma once
#include "signaling/api/inside.h"

// A table that somebody has saved from a spreadsheet and sends as text/csv: all of it is taken or
// nothing, and what is wrong is told by line and field.

#define TABLE_COLUMNS_MAX 16

struct table_column {
    const char *field;
    const char *heads[2]; // what the column is called in the first line
    bool may_be_missing;
};

struct table {
    const struct table_column *columns;
    size_t column_count;
    // One line, its fields in the columns' order ("" for a missing one). 0, or what stops the
    // reading; table_blame() for what is wrong with it.
    int (*row)(struct table *table, unsigned line, const char *const *values);
    void *arg; // the caller's
    // the table's own
    int place[TABLE_COLUMNS_MAX];
    bool has_head;
    size_t line_count;
    json_t *errors;
};

// Something is wrong in this line. 0, or ECANCELED when enough has been found.
int table_blame(struct table *table, unsigned line, const char *field, const char *detail);
// Reads the request's body. False after having replied 415 or 422, or 503 without memory.
bool table_read(struct call *call, struct table *table);
