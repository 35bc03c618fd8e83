#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "signaling/record/check.h"
#include "signaling/record/fill.h"
#include "signaling/record/limitation.h"

// What the gateway adds to a record, and what follows from what the lawyer wrote.

#define CHINA_S (8 * 3600)

static int put(struct record *record, const char *field, const char *text)
{
    if (!*text) {
        json_object_del(record->fields, field);
        return 0;
    }
    return json_object_set_new(record->fields, field, json_string(text)) < 0 ? ENOMEM : 0;
}

int record_derive(struct record *record, const struct limitations *limitations)
{
    char end[RECORD_DATE_LEN] = "";
    const char *kind = record_value(record, "limitation_kind");
    const char *from = record_value(record, "limitation_from");
    if (*kind && *from && record_limitation_end(limitations, kind, from, end) != 0)
        *end = 0;
    return put(record, "limitation_deadline", end);
}

const char *record_moment(int64_t ms, char text[32])
{
    time_t seconds = (time_t)(ms / 1000) + CHINA_S;
    struct tm tm;
    *text = 0;
    if (ms && gmtime_r(&seconds, &tm))
        strftime(text, 32, "%Y-%m-%d %H:%M", &tm);
    return text;
}

static void number_of(const struct record_frame *frame, char text[32])
{
    char date[RECORD_DATE_LEN];
    record_date_text(frame->day, date);
    snprintf(text, 32, "%.4s%.2s%.2s-%03d", date, date + 5, date + 8, (int)frame->ticket_no);
}

int record_fill(struct record *record, const struct record_frame *frame)
{
    char number[32], began[32], ended[32], place[512];
    number_of(frame, number);
    snprintf(place, sizeof(place), "%s %s", frame->centre, frame->booth);
    const char *const pairs[][2] = {
        {"number", number},
        {"channel", "视频"},
        {"place", place},
        {"began_at", record_moment(frame->began_ms, began)},
        {"ended_at", record_moment(frame->ended_ms, ended)},
        {"lawyer", frame->lawyer},
        {"licence_no", frame->licence_no},
        {"law_firm", frame->law_firm},
    };
    int err = 0;
    for (size_t i = 0; !err && i < sizeof(pairs) / sizeof(pairs[0]); i++)
        err = put(record, pairs[i][0], pairs[i][1]);
    return err;
}

void record_advise(const struct record *record, int64_t now_ms, struct record_advice *advice)
{
    int64_t day;
    const char *matter = record_value(record, "legal_aid_matter");
    *advice = (struct record_advice){0};
    advice->aid_matter = *matter && strcmp(matter, "none") != 0;
    advice->aid_exempt = *record_value(record, "legal_aid_grounds") != 0;
    if (record_date_parse(record_value(record, "limitation_deadline"), &day) != 0)
        return;
    advice->has_deadline = true;
    advice->days_left = day - record_day_of(now_ms);
    advice->is_over = advice->days_left < 0;
    advice->urgent = !advice->is_over && advice->days_left < 7;
}
