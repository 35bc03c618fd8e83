#pragma once
#include "signaling/record/record.h"

// Brings the fields that follow from others up to date. ENOMEM. No other folder includes this.
int record_derive(struct record *record);
