#pragma once
#include "signaling/record/limitation.h"
#include "signaling/record/record.h"

// No other folder includes this.

// "2026-11-22 09:30" in China's time, `text` itself; "" for 0.
const char *record_moment(int64_t ms, char text[32]);
// Brings the fields that follow from others up to date. ENOMEM.
int record_derive(struct record *record, const struct limitations *limitations);
