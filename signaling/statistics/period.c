#include "signaling/statistics/period.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "signaling/consult/consult.h"

#define DAY_MS 86400000ll

static int64_t first_day(int year, int month)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = 1};
    return (int64_t)timegm(&tm) / 86400;
}

// How many months a name of this form spans; 0 when it has none of the three.
static int read_months(const char *text, int *year, int *month)
{
    int quarter, len = 0;
    *month = 1;
    if (sscanf(text, "%4d-q%1d%n", year, &quarter, &len) == 2 && len == 7 && !text[len]) {
        *month = 3 * quarter - 2;
        return quarter >= 1 && quarter <= 4 ? 3 : 0;
    }
    if (sscanf(text, "%4d-%2d%n", year, month, &len) == 2 && len == 7 && !text[len])
        return *month >= 1 && *month <= 12 ? 1 : 0;
    *month = 1;
    return sscanf(text, "%4d%n", year, &len) == 1 && len == 4 && !text[len] ? 12 : 0;
}

int period_parse(const char *text, struct period *period)
{
    int year, month;
    bool is_plain = text[strspn(text, "0123456789-q")] == 0;
    int months = is_plain ? read_months(text, &year, &month) : 0;
    if (!months || year < 2020 || year > 2099)
        return EINVAL;
    text_copy(period->name, sizeof(period->name), text);
    period->from_day = first_day(year, month);
    period->until_day = first_day(year, month + months);
    period->from_ms = period->from_day * DAY_MS - CONSULT_DAY_SHIFT_MS;
    period->until_ms = period->until_day * DAY_MS - CONSULT_DAY_SHIFT_MS;
    return 0;
}
