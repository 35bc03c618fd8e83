#pragma once
#include <stdint.h>

// The span of a report: a month "2026-11", a quarter "2026-q4" or a year "2026", of China's time.
// Pure.

#define PERIOD_MAX 8 // with its final zero

struct period {
    char name[PERIOD_MAX];
    int64_t from_day;  // days since 1970 in China's time, as struct consultation has them
    int64_t until_day; // the first one behind it
    int64_t from_ms;
    int64_t until_ms;
};

// From 2020 to 2099. EINVAL.
int period_parse(const char *text, struct period *period);
