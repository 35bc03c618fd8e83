#pragma once
#include "signaling/api/records.h"

// The records of api_world.h's world.
void api_records_open(void);
void api_records_close(void);
extern const struct record_ops api_records;
extern const struct paper_ops api_kept;
