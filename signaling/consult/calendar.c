#include "signaling/consult/calendar.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define DAY_MS       86400000ll
#define DAY_SHIFT_MS 28800000ll // UTC+8
#define DATE_LEN     10

int64_t calendar_day(const char *text)
{
    struct tm day = {0};
    char again[DATE_LEN + 1];
    const char *end = strptime(text, "%Y-%m-%d", &day);
    if (!end || end - text != DATE_LEN)
        return -1;
    time_t at = timegm(&day);
    // 2026-02-31 is no day, 2026-2-3 is not how it is written.
    size_t len = strftime(again, sizeof(again), "%Y-%m-%d", gmtime_r(&at, &day));
    return len == DATE_LEN && memcmp(again, text, DATE_LEN) == 0 ? at / 86400 : -1;
}

int64_t calendar_today(int64_t now_ms)
{
    return (now_ms + DAY_SHIFT_MS) / DAY_MS;
}

int64_t calendar_midnight(int64_t day)
{
    return day * DAY_MS - DAY_SHIFT_MS;
}

static struct tm parts(int64_t day)
{
    struct tm tm;
    time_t at = (time_t)(day * 86400);
    return *gmtime_r(&at, &tm);
}

void calendar_text(int64_t day, char text[CALENDAR_TEXT_MAX])
{
    struct tm tm = parts(day);
    if (!strftime(text, CALENDAR_TEXT_MAX, "%Y-%m-%d", &tm))
        text[0] = 0;
}

static const struct calendar_year *find(const struct calendar *calendar, int year)
{
    for (size_t i = 0; i < calendar->count; i++)
        if (calendar->years[i].year == year)
            return &calendar->years[i];
    return NULL;
}

// --- a table -------------------------------------------------------------------------------------

// One line, without its remark: what is wrong with it, or NULL.
static const char *take(struct calendar_year *table, const char *line, size_t len)
{
    char word[8] = "";
    if (len < DATE_LEN + 2 || len - DATE_LEN - 1 >= sizeof(word) || line[DATE_LEN] != ' ')
        return "a line is a day and rest or work, such as 2026-10-01 rest";
    int64_t day = calendar_day(line);
    memcpy(word, line + DATE_LEN + 1, len - DATE_LEN - 1);
    if (day < 0)
        return "there is no such day; it is written like 2026-10-01";
    struct tm tm = parts(day);
    uint8_t *mark = &table->marks[tm.tm_yday];
    if (tm.tm_year + 1900 != table->year)
        return "this day is of another year";
    if (*mark)
        return "this day was named before";
    if (strcmp(word, "rest") != 0 && strcmp(word, "work") != 0)
        return "after the day stands rest or work";
    *mark = (uint8_t)word[0];
    return NULL;
}

static size_t without_remark(const char *line, size_t len)
{
    const char *remark = memchr(line, '#', len);
    size_t left = remark ? (size_t)(remark - line) : len;
    while (left && strchr(" \t\r", line[left - 1]))
        left--;
    return left;
}

static int keep(struct calendar *calendar, const struct calendar_year *table)
{
    const struct calendar_year *old = find(calendar, table->year);
    if (!old && calendar->count == CALENDAR_YEARS_MAX)
        return EOVERFLOW;
    calendar->years[old ? (size_t)(old - calendar->years) : calendar->count++] = *table;
    return 0;
}

int calendar_read(struct calendar *calendar, int year, const char *text, unsigned *line,
                  const char **wrong)
{
    struct calendar_year table = {.year = year};
    *wrong = "there is no day in it";
    *line = 0;
    size_t days = 0;
    while (*text) {
        size_t len = strcspn(text, "\n"), used = without_remark(text, len);
        ++*line;
        days += used > 0;
        const char *bad = used ? take(&table, text, used) : NULL;
        if (bad) {
            *wrong = bad;
            return EINVAL;
        }
        text += len + (text[len] == '\n');
    }
    return days ? keep(calendar, &table) : EINVAL;
}

// --- days ----------------------------------------------------------------------------------------

bool calendar_knows(const struct calendar *calendar, int64_t day)
{
    return find(calendar, parts(day).tm_year + 1900) != NULL;
}

bool calendar_is_working(const struct calendar *calendar, int64_t day)
{
    struct tm tm = parts(day);
    const struct calendar_year *table = find(calendar, tm.tm_year + 1900);
    uint8_t mark = table ? table->marks[tm.tm_yday] : 0;
    return mark ? mark == 'w' : tm.tm_wday != 0 && tm.tm_wday != 6;
}

// Ends also when a table leaves no working day at all: a year is looked through at most.
int64_t calendar_after(const struct calendar *calendar, int64_t day, unsigned count)
{
    for (int64_t last = day + 366; count && day < last;)
        count -= calendar_is_working(calendar, ++day);
    return day;
}

int64_t calendar_before(const struct calendar *calendar, int64_t day)
{
    int64_t first = day - 366;
    while (--day > first && !calendar_is_working(calendar, day))
        ;
    return day;
}

int64_t calendar_until(const struct calendar *calendar, int64_t day)
{
    int64_t last = day - 1;
    while (calendar_knows(calendar, last + 1))
        last++;
    return last;
}
