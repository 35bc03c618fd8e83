#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/record/sheet.h"

// The record of a consultation: written, read back, sealed, printed.

static const char *consultation_of(struct call *call)
{
    return route_param(&call->match, "consultation");
}

static void carry(struct call *call, struct record_command *command, record_result_h *done)
{
    command->caller = &call->caller;
    command->consultation = consultation_of(call);
    call->api->config.records->carry(call->api->config.ops_arg, command, done, call);
}

static void refuse(struct call *call, const struct problem *problem)
{
    if (problem->status == 503)
        call_try_later(call);
    else
        call_refuse(call, problem->status, problem->slug, problem->detail, problem->field);
}

// The problem with what is there now beside it, so that the page can go on from there.
static void refuse_with(struct call *call, const struct problem *problem, json_t *newest)
{
    char type[96];
    snprintf(type, sizeof(type), "/problems/%s", problem->slug);
    json_t *body = json_pack("{s:s, s:s, s:i, s:s, s:s, s:o}", "type", type, "title",
                             problem->title, "status", problem->status, "detail", problem->detail,
                             "field", problem->field, "newest", newest);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    if (!text) {
        call_try_later(call);
        return;
    }
    http_reply(call->req, problem->status, "application/problem+json", text, strlen(text));
    free(text);
}

static void reply(struct call *call, const struct problem *problem, const struct record_view *view,
                  json_t *json)
{
    if (!view)
        refuse(call, problem);
    else if (problem && json)
        refuse_with(call, problem, json);
    else
        http_reply_json(call->req, 200, json);
}

static void shown_with_form(void *arg, const struct problem *problem,
                            const struct record_view *view)
{
    reply(arg, problem, view, view ? record_json(view, true) : NULL);
}

static void shown(void *arg, const struct problem *problem, const struct record_view *view)
{
    reply(arg, problem, view, view ? record_json(view, false) : NULL);
}

static void heard(void *arg, const struct problem *problem, const struct record_view *view)
{
    reply(arg, problem, view, view ? record_json_readback(view) : NULL);
}

// --- the lawyer's ----------------------------------------------------------------------------

void record_get(struct call *call)
{
    carry(call, &(struct record_command){.verb = RECORD_READ}, shown_with_form);
}

// The `rev` of a body; false after having replied.
static bool read_rev(struct call *call, const json_t *body, int64_t *rev)
{
    const json_t *value = json_object_get(body, "rev");
    *rev = json_integer_value(value);
    if (json_is_integer(value) && *rev >= 0)
        return true;
    call_refuse(call, 400, "bad-field", "rev must be a number of 0 or more", "rev");
    return false;
}

static void change(struct call *call, struct record_command *command, record_result_h *done)
{
    json_t *body = call_json(call);
    if (body && read_rev(call, body, &command->rev)) {
        command->fields = json_object_get(body, "fields");
        carry(call, command, done);
    }
    json_decref(body);
}

void record_put(struct call *call)
{
    change(call, &(struct record_command){.verb = RECORD_WRITE}, shown);
}

void record_seal_post(struct call *call)
{
    change(call, &(struct record_command){.verb = RECORD_SEAL}, shown);
}

void readback_post(struct call *call)
{
    change(call, &(struct record_command){.verb = RECORD_START}, shown);
}

// The revision comes in the query: a DELETE has no body.
void readback_delete(struct call *call)
{
    long rev;
    const char *text = http_query(call->req, "rev");
    if (!text || text_number(text, 0, RECORD_REVS_MAX, &rev) != 0)
        call_refuse(call, 400, "bad-field", "rev must be a number of 0 or more", "rev");
    else
        carry(call, &(struct record_command){.verb = RECORD_STOP, .rev = rev}, shown);
}

static void listed(void *arg, json_t *list)
{
    struct call *call = arg;
    if (list)
        http_reply_json(call->req, 200, list);
    else
        call_try_later(call);
}

void records_get(struct call *call)
{
    call->api->config.records->list(call->api->config.ops_arg, call->caller.id, listed, call);
}

// --- the booth's -----------------------------------------------------------------------------

void readback_get(struct call *call)
{
    carry(call, &(struct record_command){.verb = RECORD_HEAR}, heard);
}

void readback_put(struct call *call)
{
    struct record_command command = {.verb = RECORD_ANSWER,
                                     .item = route_param(&call->match, "item")};
    json_t *body = call_json(call);
    const char *answer = body ? call_text(call, body, "answer", 16) : NULL;
    if (!answer || !read_rev(call, body, &command.rev)) {
        json_decref(body);
        return;
    }
    command.right = strcmp(answer, "right") == 0;
    if (!command.right && strcmp(answer, "change") != 0)
        call_refuse(call, 400, "bad-field", "answer must be right or change", "answer");
    else
        carry(call, &command, heard);
    json_decref(body);
}

// --- sheets ----------------------------------------------------------------------------------

static void reply_csv(struct call *call, char *sheet)
{
    char disposition[96];
    snprintf(disposition, sizeof(disposition), "attachment; filename=\"record-%s.csv\"",
             consultation_of(call));
    http_add_header(call->req, "content-disposition", disposition);
    http_reply(call->req, 200, "text/csv; charset=utf-8", sheet, strlen(sheet));
}

static void reply_page(struct call *call, int status, const char *sheet)
{
    static const char place[] = "{{sheet}}";
    const char *template = call->api->record_page;
    const char *at = template ? strstr(template, place) : NULL;
    if (!at) {
        call_refuse(call, 503, "no-pages", "the pages are not built", NULL);
        return;
    }
    char *page = mem_printf("%.*s%s%s", (int)(at - template), template, sheet, at + strlen(place));
    if (page)
        http_reply(call->req, status, "text/html; charset=utf-8", page, strlen(page));
    else
        call_try_later(call);
    mem_free(page);
}

static void printed(void *arg, const struct problem *problem, const struct record_view *view)
{
    struct call *call = arg;
    bool csv = call->sheet_as_csv;
    char *sheet = !view ? NULL : csv ? record_sheet_csv(view) : record_sheet_html(view);
    if (!view)
        refuse(call, problem);
    else if (!sheet)
        call_try_later(call);
    else if (csv)
        reply_csv(call, sheet);
    else
        reply_page(call, 200, sheet);
    mem_free(sheet);
}

void record_refused(struct call *call)
{
    reply_page(call, 403,
               "<section class=\"refused\"><h1>这份咨询记录您不能看</h1>\n"
               "<p>咨询记录只有承办的律师能看。您刚才想打开它，这件事已经记下了。</p>\n"
               "<p>居民要自己的记录，请找承办的律师给他打印。</p>\n"
               "<p><a class=\"button\" href=\"/\">回首页</a></p></section>\n");
}

void record_html_get(struct call *call)
{
    carry(call, &(struct record_command){.verb = RECORD_PRINT}, printed);
}

void record_csv_get(struct call *call)
{
    call->sheet_as_csv = true;
    carry(call, &(struct record_command){.verb = RECORD_EXPORT}, printed);
}
