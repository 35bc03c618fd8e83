#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/feedback/nack.h"
#include "tests/unit/support/sim_link.h"

// A watcher in virtual time: puts frames together, asks for what is missing (with the NACK of the
// gateway itself), shows each frame once it and all before it are there, or goes on at a keyframe;
// asks for one when it waits too long.

#define SIM_FRAMES 512

struct sim_frame {
    uint32_t number;     // 0: none
    uint32_t first, end; // sequence numbers; known when those packets are here
    bool has_first, has_end, key;
    unsigned count;
};

struct sim_picture {
    struct nack nack;
    struct nack_missing missing[NACK_VIDEO_MAX];
    bool began, wants_key;
    uint32_t next_seq; // the next frame shown begins here
    uint32_t next_frame, newest;
    int64_t shown_us, asked_us;
    bool paused; // nothing is to come: no freeze
    struct sim_frame frames[SIM_FRAMES];
    bool here[8192]; // by sequence number
    uint64_t shown;
    int64_t freeze_us; // the longest
};

void sim_picture_init(struct sim_picture *picture);
void sim_picture_arrived(struct sim_picture *picture, const struct sim_packet *packet,
                         int64_t now_us);
// Shows what can be shown; `wants_key` is set when a keyframe is needed.
void sim_picture_show(struct sim_picture *picture, int64_t now_us);
// The gateway shows none from now on, or shows one again.
void sim_picture_pause(struct sim_picture *picture, bool paused, int64_t now_us);
