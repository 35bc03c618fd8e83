#pragma once
#include "signaling/print/print.h"

// What the files of this folder share. No other folder includes this.

enum print_kind { PRINT_HEADING, PRINT_TEXT, PRINT_ROW };

struct print_block {
    struct print_block *next;
    enum print_kind kind;
    char *title; // of a row
    char *text;
};

struct print {
    char *title, *mark; // mark may be NULL
    double text_pt, heading_pt;
    struct print_block *first, **last;
    int err; // something is missing in it
};
