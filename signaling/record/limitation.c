#include "signaling/record/limitation.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "signaling/record/field.h"

#define DAY_S    86400
#define CHINA_MS (8 * 3600 * 1000LL)

#define LINE_MAX_LEN 256

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

const struct limitation *limitation_of(const struct limitations *limitations, const char *kind)
{
    for (size_t i = 0; i < limitations->count; i++)
        if (strcmp(limitations->rows[i].code, kind) == 0)
            return &limitations->rows[i];
    return NULL;
}

int record_limitation_end(const struct limitations *limitations, const char *kind, const char *from,
                          char end[RECORD_DATE_LEN])
{
    int64_t day;
    const struct limitation *period = limitation_of(limitations, kind);
    if (!period || record_date_parse(from, &day) != 0)
        return EINVAL;
    day = add_months(day, 12 * period->years + period->months) + period->days;
    record_date_text(day, end);
    return 0;
}

int64_t record_day_of(int64_t ms)
{
    return (ms + CHINA_MS) / (DAY_S * 1000LL);
}

// --- the table -----------------------------------------------------------------------------------

_Static_assert(LIMITATION_CODE_MAX == 32, "as the format below");

static bool is_code(const char *text)
{
    const struct record_choice *one = record_limitations;
    while (one->code && strcmp(one->code, text) != 0)
        one++;
    return one->code != NULL;
}

static const char *take_period(struct limitation *row, int count, const char *unit)
{
    static const char *const years[] = {"year", "years"}, *const months[] = {"month", "months"},
                             *const days[] = {"day", "days"};
    const struct {
        const char *const *names;
        int *length;
    } units[] = {{years, &row->years}, {months, &row->months}, {days, &row->days}};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(unit, units[i].names[0]) == 0 || strcmp(unit, units[i].names[1]) == 0) {
            *units[i].length = count;
            return count >= 1 && count <= LIMITATION_COUNT_MAX
                       ? NULL
                       : "period: a number from 1 to 999 is expected";
        }
    return "period: years, months or days are expected behind the number";
}

// One line without its remark: what is wrong with it, or NULL.
static const char *take(struct limitations *table, const char *line)
{
    char unit[8] = "";
    int count = 0, law = 0;
    struct limitation row = {0};
    int found = sscanf(line, "%31s %6d %7s %n", row.code, &count, unit, &law);
    if (!is_code(row.code))
        return "kind: this is none of the codes that there are";
    if (limitation_of(table, row.code))
        return "kind: it has a row before this one";
    const char *wrong = found < 3 ? "period: a number and years, months or days are expected"
                                  : take_period(&row, count, unit);
    if (wrong)
        return wrong;
    if (!line[law])
        return "law: say in which law it stands";
    table->rows[table->count++] = row;
    return NULL;
}

static const char *take_line(struct limitations *table, const char *text)
{
    char line[LINE_MAX_LEN];
    size_t len = strcspn(text, "#\r\n");
    if (len >= sizeof(line))
        return "law: the line is too long";
    memcpy(line, text, len);
    line[len] = 0;
    return line[strspn(line, " \t")] ? take(table, line) : NULL;
}

int limitations_read(struct limitations *limitations, const char *text, unsigned *line,
                     const char **wrong)
{
    struct limitations table = {0};
    *line = 0;
    while (*text) {
        ++*line;
        *wrong = take_line(&table, text);
        if (*wrong)
            return EINVAL;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    for (const struct record_choice *one = record_limitations; one->code; one++)
        if (!limitation_of(&table, one->code)) {
            *wrong = one->code;
            return ENOENT;
        }
    *limitations = table;
    return 0;
}
