#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/api/inside.h"
#include "signaling/print/print.h"
#include "signaling/record/field.h"
#include "signaling/record/sheet.h"

// A record as PDF: the register's sheet for the file, and the sheet in large letters that the
// resident takes home. Laid out on a work thread.

static const struct problem not_confirmed = {409, "not-confirmed", "Not now",
                                             "the resident has not found everything right yet",
                                             "consultation"};

// --- the register's sheet ----------------------------------------------------------------------

static void add_seal(struct print *print, const struct record_view *view)
{
    char text[160];
    snprintf(text, sizeof(text), "第 %lld 版%s%s", (long long)view->rev,
             *view->hash ? "，已封存，SHA-256 " : "", view->hash);
    print_text(print, text);
    print_text(print, "咨询人签名或指印：________________　　律师签名：________________");
}

// NULL: no memory.
static struct print *register_sheet(const struct record_view *view)
{
    char text[1024], mark[RECORD_MARK_LEN];
    struct print *print = NULL;
    const struct print_style style = {
        .title = "法律咨询记录", .mark = mark, .text_pt = 11, .heading_pt = 20};
    record_copy_mark(view, mark);
    if (print_alloc(&print, &style) != 0)
        return NULL;
    print_heading(print, style.title);
    if (view->record->state != RECORD_SEALED)
        print_text(print, "草稿，尚未封存");
    for (size_t i = 0; i < record_fields_count; i++)
        print_row(print, record_fields[i].title,
                  record_readable(view->record, &record_fields[i], text, sizeof(text)));
    add_seal(print, view);
    return print;
}

// --- to take home ------------------------------------------------------------------------------

// Only what the resident has heard and found right.
static bool is_confirmed(const struct record *record)
{
    unsigned right = 0;
    for (size_t i = 0; i < record_fields_count; i++) {
        const char *name = record_fields[i].name;
        const char *answer = json_string_value(json_object_get(record->answers, name));
        if (!record_fields[i].read_back || !*record_value(record, name))
            continue;
        if (!answer || strcmp(answer, "right") != 0)
            return false;
        right++;
    }
    return right > 0;
}

static void add_part(struct print *print, const char *heading, const char *text)
{
    if (!*text)
        return;
    print_heading(print, heading);
    print_text(print, text);
}

static struct print *take_away_sheet(const struct record_view *view)
{
    char by[512];
    struct print *print = NULL;
    const struct record *record = view->record;
    const struct print_style style = {.title = "律师的意见", .text_pt = 18, .heading_pt = 24};
    if (print_alloc(&print, &style) != 0)
        return NULL;
    const char *summary = record_value(record, "summary");
    add_part(print, style.title, *summary ? summary : record_value(record, "advice"));
    add_part(print, "下一步怎么办", record_value(record, "next_steps"));
    add_part(print, "最晚哪天", record_value(record, "limitation_deadline"));
    add_part(print, "有事请打电话", view->phone);
    snprintf(by, sizeof(by), "%s律师，%s\n编号 %s\n免费，不收任何钱物",
             record_value(record, "lawyer"), record_value(record, "law_firm"),
             record_value(record, "number"));
    print_text(print, by);
    return print;
}

// --- on the way --------------------------------------------------------------------------------

static void laid_out(void *arg, int err, const uint8_t *bytes, size_t len)
{
    struct call *call = arg;
    char disposition[160];
    if (err) {
        call_try_later(call);
        return;
    }
    snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s-%s.pdf\"",
             call->sheet_to_take ? "take-away" : "record",
             route_param(&call->match, "consultation"));
    http_add_header(call->req, "content-disposition", disposition);
    http_reply(call->req, 200, "application/pdf", bytes, len);
}

static void opened(void *arg, const struct problem *problem, const struct record_view *view)
{
    struct call *call = arg;
    if (!problem && call->sheet_to_take && !is_confirmed(view->record))
        problem = &not_confirmed;
    if (problem) {
        call_problem(call, problem);
        return;
    }
    struct print *print = call->sheet_to_take ? take_away_sheet(view) : register_sheet(view);
    if (print)
        call->api->config.records->lay_out(call->api->config.ops_arg, print, laid_out, call);
    else
        call_try_later(call);
}

static void carry(struct call *call, enum record_verb verb)
{
    const struct record_command command = {
        .verb = verb,
        .caller = &call->caller,
        .consultation = route_param(&call->match, "consultation")};
    call->api->config.records->carry(call->api->config.ops_arg, &command, opened, call);
}

void record_pdf_get(struct call *call)
{
    carry(call, RECORD_PRINT);
}

void take_away_get(struct call *call)
{
    call->sheet_to_take = true;
    carry(call, call->caller.role == ROLE_BOOTH ? RECORD_HEAR : RECORD_PRINT);
}
