#pragma once
#include "tests/unit/support/media.h"

#include "gateway/packet/vp8.h"
#include "gateway/relay/sub.h"

// A picture of three encodings with three temporal layers each, and a viewer of it: real sockets,
// plain RTP, virtual time.

#define LAYERED_TICK    3000 // of the RTP clock, a picture
#define LAYERED_STEP    (33 * MEDIA_MS)
#define LAYERED_RTX     0xfeeeu // SSRC
#define LAYERED_PACKETS 2       // a picture
#define HIGH            0       // encodings, as the offer would name them
#define MIDDLE          1
#define LOW             2

struct layered {
    struct pool *pool;
    struct egress *egress;
    struct drops drops;
    struct wire port;
    struct outlet outlet;
    struct picture picture;
    struct track *tracks[LAYERS_ENCODINGS];
    struct sub *sub;
    int viewer;
    size_t wishes[LAYERS_ENCODINGS]; // for keyframes
    int64_t now_us;
    // What the publisher is at with each encoding.
    struct {
        uint16_t seq, picture;
        uint8_t tl0;
        uint32_t ts;
        unsigned frame;
    } at[LAYERS_ENCODINGS];
    // What the viewer got last.
    struct {
        struct rtp_header rtp;
        struct vp8_header vp8;
        uint8_t data[2048];
        size_t len;
        unsigned encoding;
        uint16_t source_seq;
    } got;
    // His stream so far.
    struct {
        bool began;
        uint16_t seq, picture;
        uint8_t tl0;
        uint32_t ts;
        unsigned pictures;
        uint32_t step; // the newest one of the timestamps
    } seen;
};
extern struct layered layered;

int layered_open(void **state);
int layered_close(void **state);
// The viewer comes, with or without RTX.
void layered_watch(bool rtx);

// The next packet of an encoding; two make a picture.
struct packet *layered_make(unsigned encoding, bool key, bool first, bool last);
void layered_begin_frame(unsigned encoding, bool key);
void layered_send_frame(unsigned encoding, bool key);
// One picture of the encodings in `mask`; those in `keys` are keyframes.
void layered_tick(unsigned mask, unsigned keys);
void layered_tick_many(unsigned count, unsigned mask);
// Everybody sends, the viewer comes and is sent a second of it.
void layered_start(bool rtx);

// The viewer's next packet; false when there is none.
bool layered_next(void);
// Does it follow on the one before? Numbers rise by one, a picture's packets have one timestamp and
// picture number, the next picture's are later by one and by some time.
void layered_check(void);
// Everything that came follows and is of this encoding; how many pictures it were.
unsigned layered_see(unsigned encoding);

const struct layer *layered_find(struct layer_list *list, unsigned encoding, unsigned temporal);
void layered_aim(unsigned encoding, unsigned temporal);
