#include "tests/unit/support/sim_picture.h"

#include <string.h>

#define STUCK_US  500000 // then a keyframe is asked for,
#define REPEAT_US 500000 // and again
#define HERE      8192

void sim_picture_init(struct sim_picture *picture)
{
    memset(picture, 0, sizeof(*picture));
    nack_init(&picture->nack, picture->missing, NACK_VIDEO_MAX);
    picture->next_frame = 1;
}

void sim_picture_arrived(struct sim_picture *picture, const struct sim_packet *packet,
                         int64_t now_us)
{
    struct sim_frame *frame = &picture->frames[packet->frame % SIM_FRAMES];
    bool *here = &picture->here[packet->seq % HERE];
    if (!nack_arrived(&picture->nack, packet->seq, now_us))
        picture->wants_key = true;
    if (packet->frame > picture->newest)
        picture->newest = packet->frame;
    if (packet->frame < picture->next_frame || (frame->number == packet->frame && *here))
        return;
    if (frame->number != packet->frame)
        *frame = (struct sim_frame){.number = packet->frame};
    *here = true;
    frame->count++;
    frame->key |= packet->key;
    if (packet->first) {
        frame->first = packet->seq;
        frame->has_first = true;
    }
    if (packet->last) {
        frame->end = packet->seq + 1;
        frame->has_end = true;
    }
}

static bool is_whole(const struct sim_frame *frame, uint32_t number)
{
    return frame->number == number && frame->has_first && frame->has_end &&
           frame->count == frame->end - frame->first;
}

static void show(struct sim_picture *picture, const struct sim_frame *frame, int64_t now_us)
{
    int64_t gap_us = now_us - picture->shown_us;
    if (picture->shown && gap_us > picture->freeze_us)
        picture->freeze_us = gap_us;
    for (uint32_t seq = picture->next_seq; seq < frame->end; seq++)
        picture->here[seq % HERE] = false;
    nack_forget_before(&picture->nack, frame->end);
    picture->next_seq = frame->end;
    picture->next_frame = frame->number + 1;
    picture->shown_us = now_us;
    picture->wants_key = false;
    picture->shown++;
}

// The next one in order, or a whole keyframe further on. NULL: none yet.
static const struct sim_frame *next_frame(const struct sim_picture *picture)
{
    const struct sim_frame *next = &picture->frames[picture->next_frame % SIM_FRAMES];
    if (is_whole(next, picture->next_frame) && (next->key || picture->shown))
        return next;
    uint32_t oldest = picture->newest > SIM_FRAMES ? picture->newest - SIM_FRAMES + 1 : 1;
    uint32_t from = picture->next_frame + 1 > oldest ? picture->next_frame + 1 : oldest;
    for (uint32_t number = from; number <= picture->newest; number++) {
        const struct sim_frame *frame = &picture->frames[number % SIM_FRAMES];
        if (is_whole(frame, number) && frame->key)
            return frame;
    }
    return NULL;
}

void sim_picture_show(struct sim_picture *picture, int64_t now_us)
{
    const struct sim_frame *frame;
    while ((frame = next_frame(picture)))
        show(picture, frame, now_us);
    bool stuck = !picture->paused && now_us - picture->shown_us > STUCK_US;
    if (stuck && now_us - picture->asked_us > REPEAT_US) {
        picture->wants_key = true;
        picture->asked_us = now_us;
    }
}

void sim_picture_pause(struct sim_picture *picture, bool paused, int64_t now_us)
{
    if (picture->paused && !paused)
        picture->shown_us = picture->asked_us = now_us;
    picture->paused = paused;
}
