#include "signaling/record/limitation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_S    86400
#define CHINA_MS (8 * 3600 * 1000LL)

// Each with the article it stands in.
static const struct {
    const char *kind;
    int years, months, days;
} periods[] = {
    {"civil", .years = 3},                  // Civil Code 188
    {"labour", .years = 1},                 // Labour Dispute Mediation and Arbitration Law 27
    {"labour_award", .days = 15},           // the same, 50
    {"work_injury", .years = 1},            // Regulation on Work-Related Injury Insurance 17
    {"administrative_review", .days = 60},  // Administrative Reconsideration Law 20
    {"administrative_suit", .months = 6},   // Administrative Procedure Law 46
    {"review_decision", .days = 15},        // the same, 45
    {"civil_appeal", .days = 15},           // Civil Procedure Law 171
    {"civil_order_appeal", .days = 10},     // the same
    {"criminal_appeal", .days = 10},        // Criminal Procedure Law 230
    {"enforcement", .years = 2},            // Civil Procedure Law 250
    {"land_arbitration", .years = 2},       // Rural Land Contract Dispute Law 18
    {"legacy", .days = 60},                 // Civil Code 1124
    {"revocation", .years = 1},             // Civil Code 152
    {"mediation_confirmation", .days = 30}, // People's Mediation Law 33
};

static int64_t day_of(int year, int month, int mday)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = mday};
    return timegm(&tm) / DAY_S; // whole days: exact before 1970, too
}

static void split(int64_t day, struct tm *tm)
{
    time_t seconds = (time_t)(day * DAY_S);
    gmtime_r(&seconds, tm);
}

void record_date_text(int64_t day, char text[RECORD_DATE_LEN])
{
    struct tm tm;
    split(day, &tm);
    strftime(text, RECORD_DATE_LEN, "%Y-%m-%d", &tm);
}

int record_date_parse(const char *text, int64_t *day)
{
    static const char digits[] = "0123456789";
    char again[RECORD_DATE_LEN];
    int year, month, mday;
    if (strlen(text) != 10 || strspn(text, digits) != 4 || strspn(text + 5, digits) != 2 ||
        strspn(text + 8, digits) != 2 || sscanf(text, "%4d-%2d-%2d", &year, &month, &mday) != 3 ||
        year < 1900 || year > 2999)
        return EINVAL;
    *day = day_of(year, month - 1, mday);
    record_date_text(*day, again); // 30 February comes back as another day
    return strcmp(again, text) == 0 ? 0 : EINVAL;
}

// The day of the same number, or the month's last.
static int64_t add_months(int64_t from, int months)
{
    struct tm tm;
    split(from, &tm);
    int64_t first = day_of(tm.tm_year + 1900, tm.tm_mon + months, 1);
    int64_t next = day_of(tm.tm_year + 1900, tm.tm_mon + months + 1, 1);
    int64_t same = first + tm.tm_mday - 1;
    return same < next ? same : next - 1;
}

int record_limitation_end(const char *kind, const char *from, char end[RECORD_DATE_LEN])
{
    int64_t day;
    int err = record_date_parse(from, &day);
    if (err)
        return err;
    for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++) {
        if (strcmp(periods[i].kind, kind) != 0)
            continue;
        day = add_months(day, 12 * periods[i].years + periods[i].months) + periods[i].days;
        record_date_text(day, end);
        return 0;
    }
    return EINVAL;
}

int64_t record_day_of(int64_t ms)
{
    return (ms + CHINA_MS) / (DAY_S * 1000LL);
}
