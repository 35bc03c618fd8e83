#include "gateway/feedback/sent.h"
#include "gateway/rooms/shard.h"
#include "gateway/rooms/watch_inside.h"

// A watch on its participant's path: says what it has to show and does what it is given.

static struct watch *watch_of(struct congestion_flow *flow)
{
    return container_of(flow, struct watch, flow);
}

static enum allocate_class class_of(const struct publication *publication)
{
    bool slides = publication->info.source == ROOMS_SCREEN ||
                  publication->info.source == ROOMS_DOCUMENT;
    return slides ? ALLOCATE_SLIDES : ALLOCATE_FACES;
}

static void look(struct congestion_flow *flow, int64_t now_us, struct congestion_look *out)
{
    struct watch *watch = watch_of(flow);
    const struct publication *shown = watch->at.shown;
    out->class = shown ? class_of(shown) : ALLOCATE_FACES;
    out->held = shown && hold_follows(shown, &watch->at);
    if (watch->audio) {
        out->sound = sub_track(watch->audio) != NULL;
        out->sound_bytes = sub_stats(watch->audio).bytes;
    }
    if (!watch->video)
        return;
    struct sub_stats stats = sub_stats(watch->video);
    out->bytes = stats.bytes;
    out->again = stats.again;
    watch_layers(watch, now_us, &out->layers);
}

static void aim(struct congestion_flow *flow, const struct layer *wanted, enum sub_pause why,
                int64_t now_us)
{
    watch_aim(watch_of(flow), wanted, why, now_us);
}

static void cut(struct congestion_flow *flow, const struct layer *wanted, int64_t now_us)
{
    struct watch *watch = watch_of(flow);
    sub_cut(watch->video);
    watch_aim(watch, wanted, SUB_NOT_PAUSED, now_us);
    sub_keyframe(watch->video, now_us);
}

static unsigned probe(struct congestion_flow *flow, uint32_t bytes, uint16_t *first)
{
    struct watch *watch = watch_of(flow);
    *first = sent_number(watch->sent);
    return watch->video ? sub_probe(watch->video, bytes) : 0;
}

static const struct congestion_ops path_ops = {
    .look = look, .aim = aim, .cut = cut, .probe = probe};

static void say_near(const struct watch *watch)
{
    if (watch->audio)
        sub_is_near(watch->audio);
    if (watch->video)
        sub_is_near(watch->video);
}

// A pipeline's port is no network.
int watch_join_path(struct watch *watch, int64_t now_us)
{
    const struct congestion_config config = {.ops = &path_ops,
                                             .participant = watch->at.participant,
                                             .outlet = watch->outlet,
                                             .counted = watch->sent != NULL};
    if (!watch->outlet->srtp) {
        say_near(watch);
        return 0;
    }
    if (watch->video)
        watch->at.room_bits = HOLD_FREE;
    return congestion_join(watch->shard->congestion, &watch->flow, &config, now_us);
}

static uint64_t layer_rate(const struct watch *watch, int64_t now_us)
{
    struct sub_showing showing;
    return watch_showing(watch, now_us, &showing) ? showing.now.rate : 0;
}

void watch_losses(struct watch *watch, const struct rtcp_report *report, int64_t now_us)
{
    const struct rtcp_report before = watch->reported;
    const struct estimate_report tells = {
        .packets = report->highest_seq - before.highest_seq,
        .lost = report->lost_total > before.lost_total
                    ? (uint32_t)(report->lost_total - before.lost_total)
                    : 0,
        .rtt_us = sub_round_trip(watch->video, report->last_sr, report->since_sr, now_us),
        .sent = layer_rate(watch, now_us),
    };
    watch->reported = *report;
    if (before.ssrc && !watch->sent)
        congestion_report(&watch->flow, &tells, now_us);
}

void watch_row(const struct sent_row *row, void *arg)
{
    struct watch *watch = arg;
    congestion_row(&watch->flow, row);
}

void watch_tick_path(struct watch *watch, int64_t now_us)
{
    struct publication *shown = watch->at.shown;
    congestion_tick(&watch->flow, now_us);
    if (watch->audio)
        sub_crowded(watch->audio, congestion_crowded(&watch->flow));
    if (shown && watch->at.room_bits)
        hold_update(shown, &watch->at, congestion_room(&watch->flow, now_us),
                    layer_rate(watch, now_us), now_us);
}
