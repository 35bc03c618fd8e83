#include <cairo-pdf.h>
#include <errno.h>
#include <pango/pangocairo.h>
#include <stdbool.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/print/inside.h"

// Blocks become lines, lines fill pages. Everything is laid out twice: once to count the pages,
// once with "page 1 of 3" at the foot.

#define PAGE_WIDTH  595.28 // points of A4
#define PAGE_HEIGHT 841.89
#define MARGIN      56.0
#define FOOT_HEIGHT 28.0
#define FOOT_PT     10.0
#define MARK_PT     18.0
#define MARK_EVERY  130.0 // points from one to the next below
#define MARK_SLOPE  (-0.31)
#define MARK_GREY   0.86 // of white: letters on it stay readable
#define COLUMN      6.0  // a row's title is this many letters wide
#define GAP         6.0
#define FONT        "Noto Sans CJK SC"

struct sheet {
    const struct print *print;
    PangoContext *context;
    cairo_t *cr;
    double y;
    unsigned page, pages; // pages 0: not known yet
};

struct output {
    uint8_t *bytes;
    size_t len, cap;
};

static cairo_status_t take_output(void *arg, const unsigned char *bytes, unsigned len)
{
    struct output *output = arg;
    if (output->len + len > output->cap) {
        size_t cap = 2 * (output->len + len);
        uint8_t *more = mem_resize(output->bytes, cap);
        if (!more)
            return CAIRO_STATUS_NO_MEMORY;
        output->bytes = more;
        output->cap = cap;
    }
    memcpy(output->bytes + output->len, bytes, len);
    output->len += len;
    return CAIRO_STATUS_SUCCESS;
}

static PangoLayout *layout_of(const struct sheet *sheet, const char *text, double pt, double width)
{
    PangoLayout *layout = pango_layout_new(sheet->context);
    PangoFontDescription *font = pango_font_description_from_string(FONT);
    pango_font_description_set_absolute_size(font, pt * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_line_spacing(layout, 1.3F);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

static void draw_foot(struct sheet *sheet)
{
    char text[96];
    if (!sheet->pages)
        return;
    snprintf(text, sizeof(text), "第 %u 页，共 %u 页", sheet->page, sheet->pages);
    PangoLayout *layout = layout_of(sheet, text, FOOT_PT, PAGE_WIDTH - 2 * MARGIN);
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    cairo_move_to(sheet->cr, MARGIN, PAGE_HEIGHT - MARGIN - FOOT_PT);
    pango_cairo_show_layout(sheet->cr, layout);
    g_object_unref(layout);
}

// Whose copy it is, so often that no cut leaves it out.
static void draw_mark(const struct sheet *sheet)
{
    if (!sheet->print->mark)
        return;
    PangoLayout *layout = layout_of(sheet, sheet->print->mark, MARK_PT, PAGE_WIDTH);
    cairo_save(sheet->cr);
    cairo_set_source_rgb(sheet->cr, MARK_GREY, MARK_GREY, MARK_GREY);
    for (int i = 0; i < (int)(PAGE_HEIGHT / MARK_EVERY); i++) {
        cairo_save(sheet->cr);
        cairo_translate(sheet->cr, i % 2 ? PAGE_WIDTH / 2 : MARGIN, (i + 1) * MARK_EVERY);
        cairo_rotate(sheet->cr, MARK_SLOPE);
        cairo_move_to(sheet->cr, 0, 0);
        pango_cairo_show_layout(sheet->cr, layout);
        cairo_restore(sheet->cr);
    }
    cairo_restore(sheet->cr);
    g_object_unref(layout);
}

static void begin_page(struct sheet *sheet)
{
    sheet->page++;
    sheet->y = MARGIN;
    draw_mark(sheet);
    draw_foot(sheet);
}

// Begins another page when `height` more do not fit on this one.
static void make_room(struct sheet *sheet, double height)
{
    if (sheet->y + height <= PAGE_HEIGHT - MARGIN - FOOT_HEIGHT || sheet->y <= MARGIN)
        return;
    cairo_show_page(sheet->cr);
    begin_page(sheet);
}

static double height_of(PangoLayout *layout)
{
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

// Line by line: a long text goes on over as many pages as it needs.
static void draw_lines(struct sheet *sheet, PangoLayout *layout, double x)
{
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    do {
        PangoRectangle logical;
        int top, bottom;
        pango_layout_iter_get_line_extents(at, NULL, &logical);
        pango_layout_iter_get_line_yrange(at, &top, &bottom);
        double height = (double)(bottom - top) / PANGO_SCALE;
        double above = (double)(pango_layout_iter_get_baseline(at) - top) / PANGO_SCALE;
        make_room(sheet, height);
        cairo_move_to(sheet->cr, x + (double)logical.x / PANGO_SCALE, sheet->y + above);
        pango_cairo_show_layout_line(sheet->cr, pango_layout_iter_get_line_readonly(at));
        sheet->y += height;
    } while (pango_layout_iter_next_line(at));
    pango_layout_iter_free(at);
}

static void draw_paragraph(struct sheet *sheet, const struct print_block *block)
{
    const struct print *print = sheet->print;
    bool heading = block->kind == PRINT_HEADING;
    double pt = heading ? print->heading_pt : print->text_pt;
    PangoLayout *layout = layout_of(sheet, block->text, pt, PAGE_WIDTH - 2 * MARGIN);
    if (heading) // not alone at a page's end
        make_room(sheet, height_of(layout) + 3 * print->text_pt);
    draw_lines(sheet, layout, MARGIN);
    sheet->y += GAP;
    g_object_unref(layout);
}

static void draw_row(struct sheet *sheet, const struct print_block *block)
{
    double pt = sheet->print->text_pt, left = MARGIN + (COLUMN + 1) * pt;
    PangoLayout *title = layout_of(sheet, block->title, pt, COLUMN * pt);
    PangoLayout *value = layout_of(sheet, block->text, pt, PAGE_WIDTH - MARGIN - left);
    double height = height_of(title);
    make_room(sheet, height + GAP);
    cairo_set_line_width(sheet->cr, 0.5);
    cairo_move_to(sheet->cr, MARGIN, sheet->y);
    cairo_line_to(sheet->cr, PAGE_WIDTH - MARGIN, sheet->y);
    cairo_stroke(sheet->cr);
    sheet->y += GAP / 2;
    cairo_move_to(sheet->cr, MARGIN, sheet->y);
    pango_cairo_show_layout(sheet->cr, title);
    double end = sheet->y + height;
    unsigned page = sheet->page;
    draw_lines(sheet, value, left);
    if (page == sheet->page && sheet->y < end)
        sheet->y = end;
    sheet->y += GAP / 2;
    g_object_unref(title);
    g_object_unref(value);
}

// Without an output: only to count.
static cairo_surface_t *surface_of(const struct print *print, struct output *output)
{
    if (!output)
        return cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(take_output, output, PAGE_WIDTH,
                                                                   PAGE_HEIGHT);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, print->title);
    return surface;
}

#ifdef __SANITIZE_ADDRESS__
// Cairo 1.16 forgets 768 bytes of each font it writes into a PDF, Fontconfig what it once read.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcairo\nleak:libfontconfig\n";
}
#endif

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// Pango reads Fontconfig's tables in a thread of its own and waits for it by GLib's locks: futexes,
// as Fontconfig's own atomics nothing that ThreadSanitizer sees. Only Pango calls Fontconfig.
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:libfontconfig.so\n";
}
#endif
#endif

// The pages there are, or 0 when the library refuses.
static unsigned lay_out(const struct print *print, PangoFontMap *fonts, struct output *output,
                        unsigned pages)
{
    cairo_surface_t *surface = surface_of(print, output);
    struct sheet sheet = {.print = print,
                          .context = pango_font_map_create_context(fonts),
                          .cr = cairo_create(surface),
                          .pages = pages};
    pango_cairo_update_context(sheet.cr, sheet.context);
    begin_page(&sheet);
    for (const struct print_block *block = print->first; block; block = block->next) {
        if (block->kind == PRINT_ROW)
            draw_row(&sheet, block);
        else
            draw_paragraph(&sheet, block);
    }
    cairo_show_page(sheet.cr);
    bool good = cairo_status(sheet.cr) == CAIRO_STATUS_SUCCESS;
    g_object_unref(sheet.context);
    cairo_destroy(sheet.cr);
    cairo_surface_finish(surface);
    good = good && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    return good ? sheet.page : 0;
}

int print_pdf(const struct print *print, uint8_t **bytesp, size_t *len)
{
    struct output output = {0};
    if (print->err)
        return print->err;
    PangoFontMap *fonts = pango_cairo_font_map_new(); // a thread's own one would stay for ever
    unsigned pages = lay_out(print, fonts, NULL, 0);
    bool good = pages && lay_out(print, fonts, &output, pages);
    g_object_unref(fonts);
    if (!good) {
        mem_free(output.bytes);
        return EIO;
    }
    *bytesp = output.bytes;
    *len = output.len;
    return 0;
}
