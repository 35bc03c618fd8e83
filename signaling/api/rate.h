#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/addr.h"

// How often one address may ask: a token bucket each, in a table of fixed size (a newcomer takes
// the place of whoever shares its slot, so strangers cannot make it grow). Control thread.

struct rate;

// `per_second` requests in the long run, `burst` at once. 0 per second: no limit. ENOMEM.
int rate_alloc(struct rate **ratep, unsigned per_second, unsigned burst);
void rate_free(struct rate *rate);
// False: too often; nothing is counted then.
bool rate_take(struct rate *rate, const struct addr *client, int64_t now_us);
