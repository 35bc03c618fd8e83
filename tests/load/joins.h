#pragma once
#include <stdint.h>

#include "gateway/base/counter.h"
#include "tests/load/arrivals.h"
#include "tests/load/exchange.h"
#include "tests/unit/support/rtc_client.h"

// Viewers who come at a steady rate, watch for a moment and go, while others are measured. Offers
// are sent by threads of their own, because an exchange blocks; all else is the caller's thread.

struct joins;

struct joins_config {
    struct rtc_identity *identity;
    const struct exchange *exchange;
    int epoll;     // the caller's: its events' data is the end to read, see end_read()
    unsigned rate; // a second
};

struct joins_stats {
    unsigned begun, watched, failed;
    struct histogram wait; // from the request to the first whole picture, microseconds
};

// ENOMEM, what threads say. The configuration's parts outlive it.
int joins_alloc(struct joins **joinsp, const struct joins_config *config);
void joins_free(struct joins *joins);
// Somebody comes whenever it is time to, until joins_stop(); then only those who are there go on.
void joins_turn(struct joins *joins, int64_t now_us);
void joins_stop(struct joins *joins);
const struct joins_stats *joins_stats(const struct joins *joins);
