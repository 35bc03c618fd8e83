#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/api/inside.h"
#include "signaling/api/seen.h"
#include "signaling/consult/words.h"
#include "signaling/statistics/report.h"

// Reports: what the clinic did, and what one lawyer did, for the page and as a table.

static bool read_span(struct call *call, struct people_span *span)
{
    const char *text = http_query(call->req, "period");
    if (text && period_parse(text, &span->period) == 0)
        return true;
    call_refuse(call, 400, "bad-field",
                "period must be a month like 2026-11, a quarter like 2026-q4 or a year like 2026",
                "period");
    return false;
}

// "" when it is not given, NULL after having replied.
static const char *read_id(struct call *call, const char *field)
{
    const char *text = http_query(call->req, field);
    if (!text)
        return "";
    if (consult_is_id(text))
        return text;
    call_refuse(call, 400, "bad-field", "that is no id", field);
    return NULL;
}

static void ask(struct call *call, enum people_report report, const struct people_span *span,
                people_result_h *done)
{
    call->api->config.people->report(call->api->config.ops_arg, report, span, done, call);
}

static void reply_table(struct call *call, const char *name, const json_t *report, char *table)
{
    char disposition[96];
    const char *period = json_string_value(json_object_get(report, "period"));
    if (!table) {
        call_try_later(call);
        return;
    }
    snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s-%s.csv\"", name, period);
    http_add_header(call->req, "content-disposition", disposition);
    http_reply(call->req, 200, "text/csv; charset=utf-8", table, strlen(table));
    mem_free(table);
}

// --- the clinic ---------------------------------------------------------------------------------

// "" for all; who keeps one centre alone need not name it.
static const char *asked_centre(struct call *call)
{
    const char *centre = http_query(call->req, "centre");
    bool is_named = centre && *centre;
    return is_named ? centre : scope_only_centre(&call->caller.scope);
}

// Who keeps one centre gets that one's; who keeps several names one of them, so that there is no
// sum of them to compare it with.
static const char *read_centre(struct call *call)
{
    const struct consult *clinic = call_clinic(call);
    const char *centre = read_id(call, "centre") ? asked_centre(call) : NULL;
    if (!centre || scope_is_all(&call->caller.scope) || seen_centre(clinic, &call->caller, centre))
        return centre;
    call_refuse(call, *centre ? 404 : 422, "unknown-centre", "name one of your centres", "centre");
    return NULL;
}

static void ask_statistics(struct call *call, people_result_h *done)
{
    struct people_span span = {.key = read_centre(call)};
    if (span.key && read_span(call, &span))
        ask(call, PEOPLE_STATISTICS, &span, done);
}

static void tabled(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct call *call = arg;
    const struct consult_centre *centre = consult_centre(call_clinic(call), asked_centre(call));
    if (err)
        call_problem(call, problem);
    else
        reply_table(call, "statistics", result, report_csv(result, centre ? centre->name : ""));
}

void statistics_get(struct call *call)
{
    ask_statistics(call, call_shown);
}

void statistics_csv_get(struct call *call)
{
    ask_statistics(call, tabled);
}

// --- one lawyer ---------------------------------------------------------------------------------

// A lawyer sees his own; who keeps the desk says whose.
static const char *whose(struct call *call)
{
    if (call->caller.role == ROLE_LAWYER)
        return call->caller.id;
    const struct consult *clinic = call_clinic(call);
    const char *lawyer = read_id(call, "lawyer");
    if (lawyer && *lawyer && seen_lawyer(clinic, &call->caller, lawyer))
        return lawyer;
    if (lawyer && *lawyer) {
        call_refuse(call, 404, "no-lawyer", "there is no such lawyer", "lawyer");
        return NULL;
    }
    if (lawyer)
        call_refuse(call, 400, "bad-field", "lawyer is missing: whose work is it?", "lawyer");
    return NULL;
}

static void ask_workload(struct call *call, people_result_h *done)
{
    struct people_span span = {.key = whose(call)};
    if (span.key && read_span(call, &span))
        ask(call, PEOPLE_WORKLOAD, &span, done);
}

static void workload_tabled(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct call *call = arg;
    const struct consult *clinic = call_clinic(call);
    const char *id = call->caller.role == ROLE_LAWYER ? call->caller.id
                                                      : http_query(call->req, "lawyer");
    const struct consult_lawyer *lawyer = consult_lawyer(clinic, id);
    if (err)
        call_problem(call, problem);
    else
        reply_table(call, "workload", result, workload_csv(result, lawyer ? lawyer->name : ""));
}

void workload_get(struct call *call)
{
    ask_workload(call, call_shown);
}

void workload_csv_get(struct call *call)
{
    ask_workload(call, workload_tabled);
}
