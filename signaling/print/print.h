#pragma once
#include <stddef.h>
#include <stdint.h>

// A sheet of paper as PDF, A4: headings, texts, rows of a title and a value, page numbers at the
// foot. Letters are those of the system's Noto Sans CJK. Pure but for the fonts: a sheet is filled
// on one thread, then laid out on any.

struct print;

struct print_style {
    const char *title; // of the document
    const char *mark;  // across each page, in pale letters; NULL: none
    double text_pt, heading_pt;
};

// ENOMEM.
int print_alloc(struct print **printp, const struct print_style *style);
void print_free(struct print *print);
// All texts are UTF-8 and copied. Without memory nothing is added, and print_pdf() says so.
void print_heading(struct print *print, const char *text);
void print_text(struct print *print, const char *text);
// In two columns, with a line above.
void print_row(struct print *print, const char *title, const char *value);
// mem_free()'s bytes. ENOMEM, EIO when the library refuses. Takes some ten milliseconds: not on a
// thread that may not block.
int print_pdf(const struct print *print, uint8_t **bytesp, size_t *len);
