#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What one session sent under transport-wide sequence numbers, and what the receiver's feedback
// (packet/twcc.h) says became of it. Bounded: the newest SENT_SLOTS packets are remembered. Pure:
// the time is an argument. One thread.

#define SENT_SLOTS     1024    // more than a second of any picture's packets; a power of two
#define SENT_SECOND_US 1000000 // what loss and rate are measured over

struct sent;

// One packet's fate, told once; a lost one may be told a second time: that it came after all.
struct sent_row {
    uint16_t seq, size; // bytes, as given to sent_note()
    bool arrived, late; // late: it was told lost before
    int64_t sent_us;    // our clock
    int64_t arrival_us; // the receiver's clock, without wrap-around: only differences mean anything
};

typedef void sent_row_h(const struct sent_row *row, void *arg);

struct sent_stats {
    uint64_t arrived, lost; // packets, since ever
    int64_t rtt_us;         // from sending to feedback, smoothed: with the receiver's wait; 0: none
    // Of the newest whole second of feedback:
    uint64_t rate;    // bit/s that arrived
    double loss;      // 0..1
    uint64_t seconds; // so many there were
};

// ENOMEM.
int sent_alloc(struct sent **sentp);
void sent_free(struct sent *sent);

// The number of the next packet; then say that it is sent.
uint16_t sent_number(const struct sent *sent);
void sent_note(struct sent *sent, size_t size, int64_t now_us);

// Feedback (its FCI) came; `handler` (may be NULL) gets a row for each packet whose fate it tells,
// in the order of numbers. Packets never sent, forgotten or told of before are passed over. EBADMSG
// when it is malformed or about more than SENT_SLOTS packets.
int sent_feedback(struct sent *sent, const uint8_t *fci, size_t len, int64_t now_us,
                  sent_row_h *handler, void *arg);

const struct sent_stats *sent_stats(const struct sent *sent);
