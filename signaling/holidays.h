#pragma once
#include <stddef.h>

#include "signaling/consult/calendar.h"

// Reads every YYYY.txt of the folder, each a year's table as calendar_read() takes it. A folder
// that is not there has none. EINVAL and others: `error` says which file, which line and what;
// `calendar` is then as it was.
int holidays_read(const char *folder, struct calendar *calendar, char *error, size_t size);
