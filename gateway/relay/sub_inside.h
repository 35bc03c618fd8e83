#pragma once
#include "gateway/relay/parts.h"
#include "gateway/relay/red.h"
#include "gateway/relay/rewrite.h"
#include "gateway/relay/sub.h"

// Private to sub.c (the packet's way), sub_select.c (which encoding and layers it is taken from)
// and sub_rtcp.c (what the viewer says).

#define SUB_AGAIN_SLOTS 128 // remembered retransmissions, by number
// Receivers take the first packet's rollover counter for 0 (RFC 3711 section 3.3.1): streams begin
// in the lower half, so that it cannot wrap before they have seen it.
#define SUB_FIRST_MASK 0x7fff

// A sub takes packets from one encoding of its picture. While it changes over, its other sink waits
// for the keyframe of the next one.
struct sub {
    struct sink sinks[2];
    uint8_t showing; // which of them is sent from
    uint8_t box;     // the layers wanted of that encoding
    bool waits_key;  // the next keyframe begins a part
    bool decodes, paused, sound;
    uint8_t pt, red_pt; // red_pt 0: nothing is said again
    uint8_t rtx_pt;     // 0: retransmissions are the bytes sent before
    bool began;         // anything was sent
    bool redundant;     // ever was: what its packets said, they said under numbers of their own
    struct red_need red;
    struct egress *egress;
    struct outlet *outlet;
    struct drops *drops;
    struct sent *sent; // NULL: no transport-wide numbers
    uint32_t ssrc, rtx_ssrc;
    uint32_t clock; // Hz
    uint32_t newest_ts;
    uint64_t first_out, newest_out; // of this viewer's stream, since ever
    int64_t newest_us;
    uint64_t packets, bytes, retransmitted, again_bytes;
    struct rewrite rewrite;
    struct parts parts;            // none: nothing of this picture was sent yet
    const struct picture *picture; // NULL: detached
    bool aimed;                    // somebody chose; else it is the highest there is
    enum sub_pause why;
    struct layer aim;
    uint64_t rtx_out; // number of the next retransmission
    uint8_t fraction_lost;
    bool crowded; // the path has no room for redundancy
    bool far;     // how far away the viewer is has been told
    uint32_t sr;  // of the newest sender report: the middle of its time
    int64_t sr_us;
    int64_t second_us; // the running second of retransmissions
    unsigned second_count;
    struct {
        uint32_t out, at_us; // low bits; at_us is odd once it is set
    } again[SUB_AGAIN_SLOTS];
    struct terms_media *terms;
    char cname[64];
};

static inline struct track *sub_source(const struct sub *sub)
{
    return sub->sinks[sub->showing].track;
}

// It is on its way: a viewer who asks for it now could not know.
static inline void sub_note_again(struct sub *sub, uint64_t out, int64_t now_us)
{
    size_t slot = out % SUB_AGAIN_SLOTS;
    sub->again[slot].out = (uint32_t)out;
    sub->again[slot].at_us = ((uint32_t)now_us - 1) | 1;
}

// The sinks' handlers that select. They make the sub one of sub_select.c's.
void sub_select_close(struct sub *sub);
void sub_select_changed(struct sub *sub, const struct track *track);
void sub_select_again(struct sub *sub, int64_t now_us);

// A packet of the encoding that is waited for. True when the change is done: it is the first one
// sent of it.
bool sub_select_change(struct sub *sub, const struct packet *packet, int64_t now_us);
// A frame begins while other layers are wanted than those sent: goes as near as one can from here.
void sub_select_step(struct sub *sub, const struct packet *packet);
// The packet that the viewer's stream begins with, or begins with again. `newest_ts` is what the
// track is at by now (a joiner's group begins in the past).
void sub_select_begin(struct sub *sub, const struct packet *packet, uint32_t newest_ts,
                      int64_t now_us);

// The packet's way, for a joiner's group.
void sub_forward(struct sub *sub, struct packet *packet, bool kept, int64_t now_us);
// A packet that was sent as `out` once more.
void sub_repeat(struct sub *sub, const struct part *part, struct packet *packet, uint64_t out);
