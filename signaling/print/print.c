#include "signaling/print/print.h"

#include <errno.h>

#include "gateway/base/mem.h"
#include "signaling/print/inside.h"

int print_alloc(struct print **printp, const struct print_style *style)
{
    struct print *print = mem_zalloc(sizeof(*print));
    if (!print)
        return ENOMEM;
    print->last = &print->first;
    print->text_pt = style->text_pt;
    print->heading_pt = style->heading_pt;
    print->title = mem_strdup(style->title);
    print->mark = style->mark ? mem_strdup(style->mark) : NULL;
    if (!print->title || (style->mark && !print->mark)) {
        print_free(print);
        return ENOMEM;
    }
    *printp = print;
    return 0;
}

static void block_free(struct print_block *block)
{
    mem_free(block->title);
    mem_free(block->text);
    mem_free(block);
}

void print_free(struct print *print)
{
    if (!print)
        return;
    for (struct print_block *block = print->first, *next; block; block = next) {
        next = block->next;
        block_free(block);
    }
    mem_free(print->title);
    mem_free(print->mark);
    mem_free(print);
}

static void add(struct print *print, enum print_kind kind, const char *title, const char *text)
{
    struct print_block *block = mem_zalloc(sizeof(*block));
    if (!block) {
        print->err = ENOMEM;
        return;
    }
    block->kind = kind;
    block->title = mem_strdup(title);
    block->text = mem_strdup(text);
    if (!block->title || !block->text) {
        block_free(block);
        print->err = ENOMEM;
        return;
    }
    *print->last = block;
    print->last = &block->next;
}

void print_heading(struct print *print, const char *text)
{
    add(print, PRINT_HEADING, "", text);
}

void print_text(struct print *print, const char *text)
{
    add(print, PRINT_TEXT, "", text);
}

void print_row(struct print *print, const char *title, const char *value)
{
    add(print, PRINT_ROW, title, value);
}
