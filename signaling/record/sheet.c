#include "signaling/record/sheet.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/csv.h"
#include "gateway/base/mem.h"
#include "gateway/base/writer.h"
#include "signaling/record/field.h"
#include "signaling/record/fill.h"

// The longest record, every character of it escaped, and the titles.
#define SHEET_MAX (6 * RECORD_TEXT_MAX + 16384)
#define MARKS     8

// Codes become the register's words.
static void write_codes(struct writer *w, const struct record_field *field, const char *codes)
{
    for (const char *sep = ""; *codes; sep = "、") {
        size_t len = strcspn(codes, ",");
        const struct record_choice *choice = record_choice(field, codes, len);
        writer_text(w, sep);
        writer_text(w, choice ? choice->title : "");
        codes += len + (codes[len] == ',');
    }
}

const char *record_readable(const struct record *record, const struct record_field *field,
                            char *text, size_t size)
{
    const char *value = record_value(record, field->name);
    struct writer w = writer_of(text, size);
    if (!field->choices)
        return value;
    write_codes(&w, field, value);
    const char *all = writer_string(&w);
    return all ? all : "";
}

static void escape(struct writer *w, const char *text)
{
    static const char specials[] = "&<>\"'";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    while (*text) {
        size_t len = strcspn(text, specials);
        writer_bytes(w, text, len);
        text += len;
        if (*text)
            writer_text(w, entities[strchr(specials, *text++) - specials]);
    }
}

void record_copy_mark(const struct record_view *view, char text[RECORD_MARK_LEN])
{
    char when[32];
    snprintf(text, RECORD_MARK_LEN, "%.180s %s", record_value(view->record, "lawyer"),
             record_moment(view->now_ms, when));
}

// What repeats on each printed page stands once in the page: the style fixes its place.
static void html_mark(struct writer *w, const struct record_view *view)
{
    char text[RECORD_MARK_LEN];
    record_copy_mark(view, text);
    writer_text(w, "<div class=\"copy-mark\" aria-hidden=\"true\">");
    for (int i = 0; i < MARKS; i++) {
        writer_text(w, "<span>");
        escape(w, text);
        writer_text(w, "</span>");
    }
    writer_text(w, "</div>\n");
}

static void html_row(struct writer *w, const char *title, const char *value)
{
    writer_text(w, "<tr><th>");
    escape(w, title);
    writer_text(w, "</th><td>");
    escape(w, value);
    writer_text(w, "</td></tr>\n");
}

static void html_rows(struct writer *w, const struct record *record)
{
    char text[1024];
    writer_text(w, "<table>\n");
    for (size_t i = 0; i < record_fields_count; i++)
        html_row(w, record_fields[i].title,
                 record_readable(record, &record_fields[i], text, sizeof(text)));
    writer_text(w, "</table>\n");
}

char *record_sheet_html(const struct record_view *view)
{
    char *page = mem_zalloc(SHEET_MAX);
    if (!page)
        return NULL;
    struct writer w = writer_of(page, SHEET_MAX);
    html_mark(&w, view);
    writer_text(&w, "<h1>法律咨询记录</h1>\n");
    if (view->record->state != RECORD_SEALED)
        writer_text(&w, "<p class=\"draft\">草稿，尚未封存</p>\n");
    html_rows(&w, view->record);
    writer_printf(&w, "<p class=\"seal\">第 %lld 版", (long long)view->rev);
    if (*view->hash)
        writer_printf(&w, " · 已封存 · SHA-256 %s", view->hash);
    writer_text(&w, "</p>\n<p class=\"sign\">咨询人签名或指印：<span></span>律师签名："
                    "<span></span></p>\n");
    return (char *)writer_string(&w);
}

char *record_sheet_csv(const struct record_view *view)
{
    char text[1024], rev[24] = "";
    char *page = mem_zalloc(SHEET_MAX);
    if (!page)
        return NULL;
    struct writer w = writer_of(page, SHEET_MAX), number = writer_of(rev, sizeof(rev));
    writer_printf(&number, "%lld", (long long)view->rev);
    csv_begin(&w);
    for (size_t i = 0; i < record_fields_count; i++)
        csv_cell(&w, record_fields[i].title, i == 0);
    csv_cell(&w, "版本", false);
    csv_cell(&w, "杂凑值", false);
    csv_end(&w);
    for (size_t i = 0; i < record_fields_count; i++)
        csv_cell(&w, record_readable(view->record, &record_fields[i], text, sizeof(text)), i == 0);
    csv_cell(&w, rev, false);
    csv_cell(&w, view->hash, false);
    csv_end(&w);
    return (char *)writer_string(&w);
}
