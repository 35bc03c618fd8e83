#pragma once
#include "gateway/feedback/arrival.h"
#include "gateway/feedback/narrow.h"
#include "gateway/relay/ingress.h"

// Private to ingress.c (what comes from the publisher) and ingress_feedback.c (what he is told).

#define INGRESS_STREAMS   (1 + LAYERS_ENCODINGS) // sound, and the pictures' encodings
#define INGRESS_VIDEO     1                      // the first of those
#define INGRESS_REPORT_US 1000000LL              // between two receiver reports (and REMBs)
#define INGRESS_CNAME_LEN 12

struct ingress_stream {
    struct ingress *ingress;
    const struct terms_media *media;
    const char *rid;     // of a simulcast; NULL: payload types tell
    struct track *track; // NULL: not in this publication
    bool pinned;         // ssrc is the stream's
    bool ended;          // BYE came for it
    uint32_t ssrc;
    int64_t heard_us;
    // The RTX stream that repairs it:
    bool repair_pinned;
    uint32_t repair_ssrc;
    int64_t repair_us;
    uint8_t pt;     // of the codec the track has now
    uint8_t red_pt; // packets of this one are RED around it; 0: none
    uint8_t fir_seq;
};

struct ingress {
    struct terms_media *terms[2]; // of sound and pictures
    struct drops *drops;
    struct ingress_handlers handlers;
    void *arg;
    uint32_t own_ssrc;
    char cname[INGRESS_CNAME_LEN + 1];
    struct ingress_stream streams[INGRESS_STREAMS];
    struct picture picture;
    uint8_t stream_of[128]; // by payload type; of encodings the first
    uint8_t repairs[128];   // by payload type of RTX: what it repairs + 1
    bool twcc, remb;
    uint64_t cap; // bit/s; 0: none
    struct narrow narrow;
    uint64_t fits;     // bit/s: his way to us carries no more; 0: nothing is known
    int64_t fits_us;   // until then
    unsigned uncapped; // reports that still have to say that there is none
    bool reporting;    // something came that can be reported on
    int64_t report_us;
    int64_t due_us; // not later than anything is due that a packet or a tick told
    unsigned codec_changes;
    struct arrival arrival;
};

static inline void ingress_due_by(struct ingress *ingress, int64_t at_us)
{
    if (at_us < ingress->due_us)
        ingress->due_us = at_us;
}

// The publisher's way to us has become narrow: he shall send at most so many bit/s for a while.
void ingress_narrow(struct ingress *ingress, uint64_t bitrate, int64_t now_us);

// Asks the publisher of a stream (the argument) for packets and keyframes.
extern const struct track_upstream ingress_upstream;
