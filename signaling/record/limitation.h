#pragma once
#include <stddef.h>
#include <stdint.h>

// When a right is lost: periods of law, added to the day they are counted from. Calendar dates
// only, no zone. A period counts from the next day and ends on the day of the same number, or on
// the month's last (Civil Code, articles 200 to 202). By article 203 a last day that is a holiday
// moves on; that is left out: the earlier day is the safe one to tell.

#define RECORD_DATE_LEN 11 // "2026-11-22" and a zero

#define LIMITATIONS_MAX      32
#define LIMITATION_CODE_MAX  32
#define LIMITATION_COUNT_MAX 999

struct limitation {
    char code[LIMITATION_CODE_MAX]; // one of record_limitations
    int years, months, days;        // one of them
};

// The operator's table; all zero: no period is known.
struct limitations {
    struct limitation rows[LIMITATIONS_MAX];
    size_t count;
};

// Takes in a table: a line each, "civil 3 years Civil Code 188", the law being for who checks it,
// and # begins a remark. EINVAL:
// `*line` is where and `*wrong` which field and what; ENOENT: `*wrong` is a code that has no row.
// `limitations` is then as it was.
int limitations_read(struct limitations *limitations, const char *text, unsigned *line,
                     const char **wrong);
// NULL.
const struct limitation *limitation_of(const struct limitations *limitations, const char *kind);

// A date that exists, in the years 1900 to 2999? Days since 1970 in *day. EINVAL.
int record_date_parse(const char *text, int64_t *day);
void record_date_text(int64_t day, char text[RECORD_DATE_LEN]);
// The last day of a period counted from `from`. EINVAL: no such date, or this period is not known.
int record_limitation_end(const struct limitations *limitations, const char *kind, const char *from,
                          char end[RECORD_DATE_LEN]);
// Days since 1970 of a moment in China's time.
int64_t record_day_of(int64_t ms);
