#include "gateway/rooms/watch_inside.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/feedback/sent.h"
#include "gateway/packet/rtcp.h"
#include "gateway/relay/sub.h"
#include "gateway/rooms/bridge.h"
#include "gateway/rooms/shard.h"

static void attach(struct sub *sub, struct track *track, int64_t now_us)
{
    if (!sub)
        return;
    if (!track || !sub_attach(sub, track, now_us))
        sub_detach(sub);
}

// A replica that could not be opened leaves the watcher without a picture, not without a session:
// the next change in the room tries again.
static void follow(struct room_watch *at, struct publication *from, struct publication *to,
                   int64_t now_us)
{
    struct watch *watch = container_of(at, struct watch, at);
    if (to != from && to)
        replica_use(watch->shard, to);
    attach(watch->audio, to ? to->audio : NULL, now_us);
    attach(watch->video, to ? to->video : NULL, now_us);
    if (to != from && from)
        replica_leave(from);
    congestion_renew(&watch->flow, now_us);
}

static int add_sub(struct watch *watch, const struct watch_config *config, bool video,
                   struct sub **sub)
{
    const struct terms_media *terms = video ? &config->terms->video : &config->terms->audio;
    struct sub_config of = {
        .terms = terms,
        .ssrc = video ? config->video_ssrc : config->audio_ssrc,
        .rtx_ssrc = video ? config->video_rtx_ssrc : 0,
        .cname = config->cname,
        .outlet = config->outlet,
        .egress = watch->shard->egress,
        .sent = watch->sent,
        .drops = &watch->shard->stats.drops,
    };
    return terms->present ? sub_alloc(sub, &of) : 0;
}

static int add_sent(struct watch *watch, const struct terms *terms)
{
    return terms->audio.twcc || terms->video.twcc ? sent_alloc(&watch->sent) : 0;
}

int watch_alloc(struct watch **watchp, const struct watch_config *config)
{
    int err;
    if (!watchp || !config || !config->terms)
        return EINVAL;
    struct watch *watch = mem_zalloc(sizeof(*watch));
    if (!watch)
        return ENOMEM;
    watch->shard = config->shard;
    watch->at.follow = follow;
    watch->outlet = config->outlet;
    watch->choice = layer_choice_any;
    watch->told.current = -1;
    watch->view = config->view;
    watch->arg = config->arg;
    text_copy(watch->mid, sizeof(watch->mid), config->terms->video.mid);
    text_copy(watch->room, sizeof(watch->room), config->room);
    text_copy(watch->at.participant, sizeof(watch->at.participant), config->participant);
    if (config->publication)
        text_copy(watch->at.wanted, sizeof(watch->at.wanted), config->publication);
    err = add_sent(watch, config->terms);
    if (!err)
        err = add_sub(watch, config, false, &watch->audio);
    if (!err)
        err = add_sub(watch, config, true, &watch->video);
    if (err)
        watch_free(watch, 0);
    else
        *watchp = watch;
    return err;
}

void watch_free(struct watch *watch, int64_t now_us)
{
    if (!watch)
        return;
    congestion_leave(watch->shard->congestion, &watch->flow);
    directory_unwatch(watch->shard->directory, &watch->at, now_us);
    sub_free(watch->audio);
    sub_free(watch->video);
    sent_free(watch->sent);
    mem_free(watch);
}

int watch_start(struct watch *watch, int64_t now_us)
{
    int err = watch_join_path(watch, now_us);
    return err ? err : directory_watch(watch->shard->directory, &watch->at, watch->room, now_us);
}

static void report(struct watch *watch, int64_t now_us)
{
    if (watch->audio && sub_track(watch->audio))
        sub_report(watch->audio, now_us);
    if (watch->video && sub_track(watch->video))
        sub_report(watch->video, now_us);
}

static struct sub *sub_by_ssrc(const struct watch *watch, uint32_t ssrc)
{
    if (watch->video && sub_ssrc(watch->video) == ssrc)
        return watch->video;
    if (watch->audio && sub_ssrc(watch->audio) == ssrc)
        return watch->audio;
    return NULL;
}

struct nacked {
    struct sub *sub;
    int64_t now_us;
};

static void nack_one(uint16_t seq, void *arg)
{
    const struct nacked *nacked = arg;
    sub_nack(nacked->sub, seq, nacked->now_us);
}

static int take_reports(struct watch *watch, const struct rtcp_packet *packet, int64_t now_us)
{
    struct rtcp_report report;
    int err;
    for (unsigned i = 0; (err = rtcp_report_at(packet, i, &report)) == 0; i++) {
        struct sub *sub = sub_by_ssrc(watch, report.ssrc);
        if (sub)
            sub_receiver_report(sub, &report, now_us);
        if (sub && sub == watch->video)
            watch_losses(watch, &report, now_us);
    }
    return err == ENOENT ? 0 : err;
}

static int take_nack(struct watch *watch, const struct rtcp_packet *packet, int64_t now_us)
{
    struct rtcp_feedback feedback;
    int err = rtcp_parse_feedback(packet, &feedback);
    if (err)
        return err;
    struct nacked nacked = {.sub = sub_by_ssrc(watch, feedback.media), .now_us = now_us};
    return nacked.sub ? rtcp_each_nack(&feedback, nack_one, &nacked) : 0;
}

static int take_pli(struct watch *watch, const struct rtcp_packet *packet, int64_t now_us)
{
    struct rtcp_feedback feedback;
    int err = rtcp_parse_feedback(packet, &feedback);
    if (err)
        return err;
    struct sub *sub = sub_by_ssrc(watch, feedback.media);
    if (sub)
        sub_keyframe(sub, now_us);
    return 0;
}

static int take_fir(struct watch *watch, const struct rtcp_packet *packet, int64_t now_us)
{
    struct rtcp_feedback feedback;
    struct rtcp_fir fir;
    int err = rtcp_parse_feedback(packet, &feedback);
    for (unsigned i = 0; !err && (err = rtcp_fir_at(&feedback, i, &fir)) == 0; i++) {
        struct sub *sub = sub_by_ssrc(watch, fir.ssrc);
        if (sub)
            sub_keyframe(sub, now_us);
    }
    return err == ENOENT ? 0 : err;
}

const double viewer_loss_edges[] = {0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2};

const double viewer_estimate_edges[] = {50000,   150000,  300000,  500000,
                                        1000000, 2000000, 5000000, 10000000};

// Edges are the buckets' upper ends; what is above all of them is in the last bucket.
static void count_bucket(counter *buckets, const double *edges, unsigned count, double value)
{
    unsigned at = 0;
    while (at + 1 < count && value > edges[at])
        at++;
    counter_add(&buckets[at], 1);
}

// Each second of feedback counts once, as one second of one viewer.
static void count_second(struct watch *watch, const struct sent_stats *sent)
{
    struct shard_stats *stats = &watch->shard->stats;
    double estimate = (double)congestion_estimate(&watch->flow);
    count_bucket(stats->viewer_loss, viewer_loss_edges, VIEWER_LOSS_BUCKETS, sent->loss);
    count_bucket(stats->viewer_estimate, viewer_estimate_edges, VIEWER_ESTIMATE_BUCKETS, estimate);
    histogram_add(&stats->viewer_rtt, sent->rtt_us);
}

static void note_second(struct watch *watch, const struct sent_stats *sent)
{
    count_second(watch, sent);
    if (watch->audio)
        sub_lost(watch->audio, sent->loss);
}

static int take_twcc(struct watch *watch, const struct rtcp_packet *packet, int64_t now_us)
{
    struct shard_stats *stats = &watch->shard->stats;
    struct rtcp_feedback feedback;
    int err = rtcp_parse_feedback(packet, &feedback);
    if (err || !watch->sent)
        return err;
    const struct sent_stats before = *sent_stats(watch->sent);
    err = sent_feedback(watch->sent, feedback.fci, feedback.fci_len, now_us, watch_row, watch);
    const struct sent_stats *after = sent_stats(watch->sent);
    counter_add(&stats->viewer_arrived, after->arrived - before.arrived);
    counter_add(&stats->viewer_lost, after->lost - before.lost); // less when some were only late
    if (after->seconds != before.seconds)
        note_second(watch, after);
    congestion_told(&watch->flow, after->rtt_us, now_us);
    watch_tick_path(watch, now_us);
    return err;
}

typedef int take_h(struct watch *watch, const struct rtcp_packet *packet, int64_t now_us);

static take_h *const takers[] = {
    [RTCP_KIND_SR] = take_reports, [RTCP_KIND_RR] = take_reports, [RTCP_KIND_NACK] = take_nack,
    [RTCP_KIND_PLI] = take_pli,    [RTCP_KIND_FIR] = take_fir,    [RTCP_KIND_TWCC] = take_twcc,
    [RTCP_KIND_REMB] = NULL,
};

void watch_rtcp(struct watch *watch, const uint8_t *data, size_t len, int64_t now_us)
{
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    int err;
    while ((err = rtcp_next(&it, &packet)) == 0) {
        take_h *taker = takers[rtcp_kind(&packet)];
        err = taker ? taker(watch, &packet, now_us) : 0;
        if (err)
            break;
    }
    if (err != ENOENT)
        drop(&watch->shard->stats.drops, DROP_RTCP_MALFORMED);
}

// --- layers -------------------------------------------------------------------------------------

void watch_layers(const struct watch *watch, int64_t now_us, struct layer_list *out)
{
    struct layer_list all = {0};
    if (watch->video)
        sub_layers(watch->video, now_us, &all);
    layers_chosen(&all, &watch->choice, out);
}

// As long as nobody else decides, the choice does.
static void follow_choice(struct watch *watch, int64_t now_us)
{
    struct layer_list list;
    if (!watch->chosen || (watch->decided && !watch->choice.paused))
        return;
    watch_layers(watch, now_us, &list);
    if (watch->choice.paused)
        sub_aim(watch->video, NULL, SUB_PAUSED_CLIENT, now_us);
    else if (list.count)
        sub_aim(watch->video, &list.layer[list.count - 1], SUB_NOT_PAUSED, now_us);
}

// While nothing is shown any rid may be right.
static bool has_rid(const struct watch *watch, const char *rid)
{
    const struct track *track = sub_track(watch->video);
    const struct picture *picture = track ? track_picture(track) : NULL;
    bool found = !rid[0] || !picture;
    for (unsigned i = 0; !found && i < picture->count; i++)
        found = strcmp(picture->rids[i], rid) == 0;
    return found;
}

int watch_select(struct watch *watch, const char *mid, const struct layer_choice *choice,
                 int64_t now_us)
{
    if (!watch->video || (mid[0] && strcmp(mid, watch->mid) != 0) || !has_rid(watch, choice->rid))
        return ENOENT;
    watch->choice = *choice;
    watch->chosen = true;
    follow_choice(watch, now_us);
    congestion_renew(&watch->flow, now_us);
    watch_tick_path(watch, now_us);
    return 0;
}

void watch_aim(struct watch *watch, const struct layer *wanted, enum sub_pause why, int64_t now_us)
{
    watch->decided = true;
    if (watch->video && !watch->choice.paused)
        sub_aim(watch->video, wanted, why, now_us);
}

bool watch_showing(const struct watch *watch, int64_t now_us, struct sub_showing *out)
{
    if (watch->video)
        sub_showing(watch->video, now_us, out);
    return watch->video != NULL;
}

static bool same_view(const struct watch_view *a, const struct watch_view *b)
{
    bool shown = a->current >= 0;
    return a->paused == b->paused && shown == (b->current >= 0) &&
           layers_same(&a->layers, &b->layers) &&
           (!shown || layer_same(&a->layers.layer[a->current], &b->layers.layer[b->current]));
}

static void tell_view(struct watch *watch, int64_t now_us)
{
    struct watch_view view = {.mid = watch->mid};
    struct sub_showing showing;
    sub_layers(watch->video, now_us, &view.layers);
    sub_showing(watch->video, now_us, &showing);
    view.current = showing.now.active ? layers_find(&view.layers, &showing.now) : -1;
    view.paused = showing.paused ? showing.why : SUB_NOT_PAUSED;
    if (!same_view(&view, &watch->told) && watch->view(watch->arg, &view))
        watch->told = view;
}

int64_t watch_tick(struct watch *watch, int64_t now_us)
{
    if (now_us >= watch->report_us) {
        watch->report_us = now_us + WATCH_REPORT_US;
        report(watch, now_us);
    }
    watch_tick_path(watch, now_us);
    if (watch->video) {
        follow_choice(watch, now_us);
        if (watch->view)
            tell_view(watch, now_us);
    }
    return now_us + WATCH_TICK_US;
}
