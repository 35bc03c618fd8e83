#pragma once
#include <stdint.h>

// When a right is lost: periods of law, added to the day they are counted from. Calendar dates
// only, no zone. A period counts from the next day and ends on the day of the same number, or on
// the month's last (Civil Code, articles 200 to 202). By article 203 a last day that is a holiday
// moves on; that is left out: the earlier day is the safe one to tell.

#define RECORD_DATE_LEN 11 // "2026-11-22" and a zero

// A date that exists, in the years 1900 to 2999? Days since 1970 in *day. EINVAL.
int record_date_parse(const char *text, int64_t *day);
void record_date_text(int64_t day, char text[RECORD_DATE_LEN]);
// The last day of a period (a code of record_limitations) counted from `from`. EINVAL.
int record_limitation_end(const char *kind, const char *from, char end[RECORD_DATE_LEN]);
// Days since 1970 of a moment in China's time.
int64_t record_day_of(int64_t ms);
