#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Which packets of a stream are missing, and when each is to be asked for (generic NACK, RFC 4585
// section 6.2.1). Pure: indices and times go in, indices to ask for come out. Embedded; its table
// is the owner's.

#define NACK_VIDEO_MAX  256       // missing at a time,
#define NACK_AUDIO_MAX  64        // about a second of it
#define NACK_GAP_MAX    250       // a longer gap is not repaired: a keyframe is cheaper
#define NACK_TRIES_MAX  8         // then it is given up
#define NACK_AGE_US     1000000LL // likewise
#define NACK_WAIT_US    10000LL   // it may only be late: the first question waits this long,
#define NACK_REORDER    2         // or until so many later packets are here
#define NACK_REPEAT_MIN 50000LL   // between two questions: the measured round trip and a bit,
#define NACK_REPEAT_MAX 400000LL  // within these bounds

struct nack_missing {
    uint32_t index;              // low bits, as of both times
    uint32_t since_us, asked_us; // missed, asked for last
    uint8_t tries;
};

struct nack {
    bool started;
    uint64_t newest;
    int64_t next_us; // something is due; INT64_MAX for never
    int64_t rtt_us;  // smoothed, from question to answer
    size_t count, max;
    struct nack_missing *missing; // rising index
};

// `missing` has room for `max` and outlives it; also to begin anew.
void nack_init(struct nack *nack, struct nack_missing *missing, size_t max);

// A packet came (no duplicate). False when so much is missing that asking is hopeless: everything
// was forgotten, a keyframe is needed.
bool nack_arrived(struct nack *nack, uint64_t index, int64_t now_us);
// What is missing before `index` is needed no longer: a keyframe begins there.
void nack_forget_before(struct nack *nack, uint64_t index);

// Indices to ask for now, rising, at most `cap`; call again while it gives `cap`. *gave_up is set
// when one was asked for too often or too long (never cleared).
size_t nack_due(struct nack *nack, int64_t now_us, uint64_t *indices, size_t cap, bool *gave_up);

// The oldest index that may still come because it is asked for; UINT64_MAX: none.
uint64_t nack_oldest(const struct nack *nack);

// When nack_due() should be called.
static inline int64_t nack_deadline(const struct nack *nack)
{
    return nack->next_us;
}
