#pragma once
#include <stdint.h>

// The edges of the program read these; everything inside takes the time as an argument.

// Monotonic time in microseconds: never jumps, means nothing to people.
int64_t clock_us(void);

// Wall clock in milliseconds since 1970 UTC: for rows, records and RTCP sender reports.
int64_t clock_wall_ms(void);

// The same in microseconds: only to compare with what the kernel stamped.
int64_t clock_wall_us(void);
