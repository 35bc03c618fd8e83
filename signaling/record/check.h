#pragma once
#include "signaling/record/field.h"
#include "signaling/record/record.h"

// Is this what a lawyer may write? EINVAL with the field named in `problem`. No other folder
// includes this.
int record_check(const json_t *fields, struct problem *problem);
