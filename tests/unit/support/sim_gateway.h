#pragma once
#include "gateway/feedback/budget.h"
#include "gateway/feedback/pacer.h"
#include "gateway/feedback/sent.h"
#include "tests/unit/support/sim_link.h"

// The gateway's side of one viewer's path in virtual time: a publisher's speech and picture go
// through allocation, pacer and transport-wide numbers onto a link; feedback, NACK and keyframe
// wishes come back. All that decides is the gateway's own code.

#define SIM_LAYERS 4 // at most
#define SIM_QUEUE  4096
#define SIM_KEPT   2048

enum sim_kind { SIM_SPEECH, SIM_PICTURE, SIM_AGAIN, SIM_PADDING, SIM_FEEDBACK };

enum sim_source {
    SIM_SIMULCAST, // 150, 500 and 2000 kbit/s
    SIM_HALL,      // 150, 270, 560 and 1050 kbit/s: two sizes have half the pictures, too
    SIM_ADAPTIVE,  // one encoding that follows what the publisher is told, up to 2.5 Mbit/s
};

struct sim_gateway {
    struct sim_link *link;
    struct sim_random random;
    enum sim_source source;
    struct sent *sent;
    struct budget budget;
    struct estimate_flow flow;
    struct allocate_stream speech, picture;
    struct pacer pacer;
    int64_t speech_us, picture_us, told_us;
    uint64_t sent_rate; // of the picture's newest frame
    uint64_t told;      // bit/s the publisher is told
    int shown;          // layer that is sent; ALLOCATE_PAUSED: none
    bool waits_key;
    int64_t key_us;      // a keyframe comes then; 0: none is asked for
    size_t speech_bytes; // a frame
    unsigned red;        // frames repeated in each packet of speech
    uint32_t speech_seq, picture_seq, first_seq, frame;
    struct sim_packet queue[SIM_QUEUE];
    unsigned queue_at, queue_count, padding_left;
    struct sim_packet kept[SIM_KEPT];
    int64_t again_us[SIM_KEPT];
    uint64_t bytes;   // sent, padding not counted
    uint64_t padding; // bytes
};

void sim_gateway_init(struct sim_gateway *gateway, struct sim_link *link, enum sim_source source);
void sim_gateway_free(struct sim_gateway *gateway);
// Every millisecond.
void sim_gateway_turn(struct sim_gateway *gateway, int64_t now_us);
// From the viewer.
void sim_gateway_feedback(struct sim_gateway *gateway, const uint8_t *data, size_t len,
                          int64_t now_us);
void sim_gateway_nack(struct sim_gateway *gateway, uint32_t seq, int64_t now_us);
void sim_gateway_keyframe(struct sim_gateway *gateway, int64_t now_us);
