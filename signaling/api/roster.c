#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/api/seen.h"
#include "signaling/api/table.h"

// The roster: shifts one by one or as a table from a spreadsheet, all of it or nothing.

#define ROWS_MAX 500

enum column { LAWYER, DATE, FROM, UNTIL, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    [LAWYER] = {"lawyer", {"律师", "lawyer"}, false},
    [DATE] = {"date", {"日期", "date"}, false},
    [FROM] = {"from", {"开始", "from"}, false},
    [UNTIL] = {"until", {"结束", "until"}, false},
};

struct import {
    const struct consult *clinic;
    const struct caller *caller;
    struct consult_shift *rows;
    size_t count;
};

// --- one field ----------------------------------------------------------------------------------

struct wanted {
    const struct consult *clinic;
    const struct caller *caller;
    const char *name;
    const char *id;
    unsigned found;
};

static void compare(const struct consult_lawyer *lawyer, const struct consult_duty *duty, void *arg)
{
    struct wanted *wanted = arg;
    (void)duty;
    if ((strcmp(lawyer->name, wanted->name) == 0 || strcmp(lawyer->id, wanted->name) == 0) &&
        seen_lawyer(wanted->clinic, wanted->caller, lawyer->id)) {
        wanted->id = lawyer->id;
        wanted->found++;
    }
}

// By name or id; two of the same name are nobody.
static bool find_lawyer(const struct import *import, const char *name, char id[CONSULT_ID_MAX])
{
    struct wanted wanted = {.clinic = import->clinic, .caller = import->caller, .name = name};
    consult_each_lawyer(import->clinic, compare, &wanted);
    return wanted.found == 1 && text_copy(id, CONSULT_ID_MAX, wanted.id);
}

// "2026-11-23" or "2026/11/23": midnight in China, milliseconds.
static bool read_date(const char *text, int64_t *at)
{
    int year, month, day, len = 0;
    struct tm tm = {0};
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &len) != 3 || text[len]) {
        len = 0;
        if (sscanf(text, "%4d/%2d/%2d%n", &year, &month, &day, &len) != 3 || text[len])
            return false;
    }
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    tm.tm_mday = day;
    time_t seconds = timegm(&tm);
    *at = (int64_t)seconds * 1000 - CONSULT_DAY_SHIFT_MS;
    return year >= 2020 && year < 2100 && tm.tm_mon == month - 1 && tm.tm_mday == day;
}

// "9:00" or "09:00".
static bool read_clock(const char *text, int64_t *ms)
{
    int hour, minute, len = 0;
    if (sscanf(text, "%2d:%2d%n", &hour, &minute, &len) != 2 || text[len] || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59)
        return false;
    *ms = (hour * 60 + minute) * 60000ll;
    return true;
}

// --- one line -----------------------------------------------------------------------------------

static bool overlaps_earlier(const struct import *import, const struct consult_shift *row)
{
    for (size_t i = 0; i < import->count; i++) {
        const struct consult_shift *other = &import->rows[i];
        if (strcmp(other->lawyer, row->lawyer) == 0 && other->starts_at < row->ends_at &&
            row->starts_at < other->ends_at)
            return true;
    }
    return false;
}

// Ends on the next day when it ends before it begins.
static int add_row(struct table *table, unsigned line, const char *const *values)
{
    struct import *import = table->arg;
    struct consult_shift row = {.id = "s-"};
    int64_t day, from, until;
    random_text(row.id + 2, 16);
    if (import->count == ROWS_MAX) {
        table_blame(table, line, "line", "at most 500 shifts at once");
        return ECANCELED;
    }
    if (!find_lawyer(import, values[LAWYER], row.lawyer))
        return table_blame(table, line, "lawyer", "no lawyer, or more than one, has this name");
    if (!read_date(values[DATE], &day))
        return table_blame(table, line, "date", "a date like 2026-11-23 is expected");
    if (!read_clock(values[FROM], &from))
        return table_blame(table, line, "from", "a time like 09:00 is expected");
    if (!read_clock(values[UNTIL], &until))
        return table_blame(table, line, "until", "a time like 12:00 is expected");
    row.starts_at = day + from;
    row.ends_at = day + until + (until <= from ? 86400000 : 0);
    if (overlaps_earlier(import, &row) || consult_check_shift(import->clinic, &row))
        return table_blame(table, line, "from", "this lawyer has another shift then");
    import->rows[import->count++] = row;
    return 0;
}

void shifts_import_post(struct call *call)
{
    struct import import = {.clinic = call_clinic(call),
                            .caller = &call->caller,
                            .rows = mem_array(ROWS_MAX, sizeof(*import.rows))};
    struct table table = {
        .columns = columns, .column_count = COLUMNS, .row = add_row, .arg = &import};
    if (!import.rows)
        call_try_later(call);
    else if (table_read(call, &table))
        call_desk(call, DESK_SHIFTS_ADD,
                  &(struct desk_request){.shifts = import.rows, .shift_count = import.count});
    mem_free(import.rows);
}

// --- one by one ----------------------------------------------------------------------------------

struct lawyer_list {
    const struct consult *clinic;
    const struct caller *caller;
    json_t *rows;
};

// Whom the desk may give a shift, and whom a lawyer may ask to take one of his.
static bool is_choice(const struct lawyer_list *list, const char *lawyer)
{
    if (list->caller->role == ROLE_LAWYER)
        return consult_stands_in(list->clinic, lawyer, list->caller->id);
    return seen_lawyer(list->clinic, list->caller, lawyer);
}

static void add_lawyer(const struct consult_lawyer *lawyer, const struct consult_duty *duty,
                       void *arg)
{
    struct lawyer_list *list = arg;
    (void)duty;
    if (is_choice(list, lawyer->id))
        json_array_append_new(list->rows, json_pack("{s:s, s:s, s:s}", "id", lawyer->id, "name",
                                                    lawyer->name, "law_firm", lawyer->law_firm));
}

static bool is_seen_shift(const struct consult *clinic, const struct caller *caller,
                          const json_t *row)
{
    return seen_lawyer(clinic, caller, json_string_value(json_object_get(row, "lawyer")));
}

static void got_shifts(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    struct lawyer_list list = {.clinic = call_clinic(call), .caller = &call->caller};
    if (err) {
        call_problem(call, problem);
        return;
    }
    list.rows = json_array();
    consult_each_lawyer(list.clinic, add_lawyer, &list);
    seen_rows(list.clinic, list.caller, rows, is_seen_shift);
    http_reply_json(call->req, 200, json_pack("{s:O, s:o}", "shifts", rows, "lawyers", list.rows));
}

void shifts_get(struct call *call)
{
    call_list(call, PEOPLE_SHIFTS, NULL, got_shifts);
}

static bool read_time(struct call *call, const json_t *body, const char *field, int64_t *at)
{
    const json_t *member = json_object_get(body, field);
    *at = json_integer_value(member);
    if (json_is_integer(member) && *at > 0 && *at < 4102444800000ll)
        return true;
    call_refuse(call, 400, "bad-field", "milliseconds since 1970 are expected", field);
    return false;
}

static const char *wrong_with(int err)
{
    return err == ENOENT ? "lawyer" : err == EINVAL ? "until" : "from";
}

void shifts_post(struct call *call)
{
    struct consult_shift row = {.id = "s-"};
    const struct consult *clinic = call_clinic(call);
    json_t *body = call_json(call);
    const char *lawyer = body ? call_text(call, body, "lawyer", CONSULT_ID_MAX - 1) : NULL;
    if (lawyer && read_time(call, body, "from", &row.starts_at) &&
        read_time(call, body, "until", &row.ends_at)) {
        text_copy(row.lawyer, sizeof(row.lawyer), lawyer);
        random_text(row.id + 2, 16);
        int err = seen_lawyer(clinic, &call->caller, lawyer) ? consult_check_shift(clinic, &row)
                                                             : ENOENT;
        if (err)
            call_refuse(call, 422, "bad-shift",
                        "no such lawyer, longer than a day, or another shift then",
                        wrong_with(err));
        else
            call_desk(call, DESK_SHIFTS_ADD,
                      &(struct desk_request){.shifts = &row, .shift_count = 1});
    }
    json_decref(body);
}

// --- one that is there --------------------------------------------------------------------------

static bool is_listed(const struct call *call, json_t *rows, const char *shift)
{
    size_t i;
    json_t *row;
    seen_rows(call_clinic(call), &call->caller, rows, is_seen_shift);
    json_array_foreach(rows, i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "id")), shift) == 0)
            return true;
    }
    return false;
}

// Whose shift it is, is known only from the list.
static void got_whose(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    if (err)
        call_problem(call, problem);
    else if (is_listed(call, rows, route_param(&call->match, "shift")))
        call->next(call);
    else
        call_refuse(call, 404, "no-shift", "there is no such shift", "shift");
}

static void end(struct call *call)
{
    const char *shift = route_param(&call->match, "shift");
    call_desk(call, DESK_SHIFT_END, &(struct desk_request){.shift = shift});
}

void shift_delete(struct call *call)
{
    call->next = end;
    call_list(call, PEOPLE_SHIFTS, NULL, got_whose);
}

static void hand_over(struct call *call)
{
    struct desk_request request = {.shift = route_param(&call->match, "shift")};
    json_t *body = call_json(call);
    request.lawyer = body ? call_text(call, body, "lawyer", CONSULT_ID_MAX - 1) : NULL;
    if (request.lawyer && !seen_lawyer(call_clinic(call), &call->caller, request.lawyer))
        call_refuse(call, 422, "unknown-lawyer", "there is no such other lawyer", "lawyer");
    else if (request.lawyer)
        call_desk(call, DESK_SHIFT_HAND, &request);
    json_decref(body);
}

void shift_hand_over_post(struct call *call)
{
    call->next = hand_over;
    call_list(call, PEOPLE_SHIFTS, NULL, got_whose);
}
