#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Working days in China: Monday to Friday, but for the official holidays and the days that are
// worked for them, which are announced for one year at a time. Pure. Days count from 1970-01-01 in
// China's time.

#define CALENDAR_YEARS_MAX 16

struct calendar_year {
    int year;
    uint8_t marks[366]; // by day of the year: 0 as the week says, 'r' rest, 'w' work
};

struct calendar {
    struct calendar_year years[CALENDAR_YEARS_MAX];
    size_t count;
};

// Days since 1970 of a text that begins "2026-11-24", or -1.
int64_t calendar_day(const char *text);
// "2026-11-24" of a day: CALENDAR_TEXT_MAX bytes.
#define CALENDAR_TEXT_MAX 16
void calendar_text(int64_t day, char text[CALENDAR_TEXT_MAX]);
// The day in China at this moment.
int64_t calendar_today(int64_t now_ms);
// Midnight in China, milliseconds since 1970 UTC.
int64_t calendar_midnight(int64_t day);

// Takes in a year's table: a line a day, "2026-10-01 rest" or "2026-10-10 work", and # begins a
// remark. A table of the same year is replaced. EINVAL: `*line` is where and `*wrong` what;
// EOVERFLOW: too many years.
int calendar_read(struct calendar *calendar, int year, const char *text, unsigned *line,
                  const char **wrong);

bool calendar_knows(const struct calendar *calendar, int64_t day);
bool calendar_is_working(const struct calendar *calendar, int64_t day);
// The `count`th working day after `day`, which does not count itself.
int64_t calendar_after(const struct calendar *calendar, int64_t day, unsigned count);
// The last working day before `day`.
int64_t calendar_before(const struct calendar *calendar, int64_t day);
// The last day from `day` on up to which every year's table is there; `day` - 1 when its own is
// not.
int64_t calendar_until(const struct calendar *calendar, int64_t day);
