#pragma once
#include "signaling/control_inside.h"

// Papers that are kept, between the API and the store: sealed and opened here, each with a key of
// its own that records.key_file wraps.
extern const struct paper_ops control_papers;
