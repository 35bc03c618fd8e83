#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/counter.h"
#include "gateway/feedback/arrival.h"
#include "gateway/peer/replay.h"
#include "tests/load/arrivals.h"
#include "tests/load/exchange.h"
#include "tests/load/responder.h"
#include "tests/load/traffic.h"
#include "tests/unit/support/rtc_client.h"

// One end of a load run: the publisher or one of the viewers. It owns a client, reads its socket,
// and answers as a browser would: reports once a second. One thread.

#define END_STREAMS_MAX 4

struct end_totals { // of all viewers, while `measuring`
    bool measuring;
    struct histogram delay; // of sampled viewers
    uint64_t due, received, bytes, duplicates;
};

struct end_stream {
    uint32_t ssrc;
    struct replay seen;
    uint32_t sr; // of the newest sender report: the middle of its time
    int64_t sr_us;
};

struct end {
    struct rtc_client *client;
    struct responder *responder;
    bool publishes;
    bool sampled; // every packet is decrypted
    bool counted; // a viewer that asks for transport-wide numbers and tells what came
    int64_t arrived_ns;
    int64_t picture_ns; // the first frame's last packet came; 0: not yet
    int64_t report_us;
    uint64_t received; // while measuring
    uint32_t ssrc;     // as a reporter
    struct end_stream streams[END_STREAMS_MAX];
    struct end_totals *totals;
    struct traffic *traffic; // the publisher's: keyframes are asked for here
    struct arrival *arrival; // of a counted viewer
};

// The two halves of opening, around an exchange of offer and answer that may block elsewhere.
// ENOMEM, and what the client says.
int end_prepare(struct end *end, struct rtc_identity *identity, int64_t now_us);
int end_connect(struct end *end, const char *answer, int64_t now_us);
// Opens a session: offer, answer, first check under way. What exchange_offer() says.
int end_open(struct end *end, struct rtc_identity *identity, const struct exchange *exchange,
             unsigned number, int64_t now_us);
void end_close(struct end *end);
void end_read(struct end *end, struct arrivals *arrivals, int64_t now_us);
// Checks, consent, reports: whatever is due.
void end_tick(struct end *end, int64_t now_us);
// Sends a packet, with its time.
void end_publish(struct end *end, struct traffic_packet *packet);
