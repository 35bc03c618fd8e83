#include "gateway/base/bytes.h"
#include "gateway/base/random.h"
#include "gateway/relay/sub_inside.h"

// Which encoding and which of its layers a viewer gets, and how his stream changes over from one to
// another without a gap.

// A longer group is not worth its burst: a fresh keyframe is asked for.
#define GROUP_MAX 300       // packets
#define GROUP_US  150000LL  // on their way out, where the viewer's outlet is paced
#define SECOND_US 1000000LL // microseconds
#define AHEAD_US  1000000LL // no timestamp runs further ahead of what passed

static struct sink *waiting_sink(struct sub *sub)
{
    return &sub->sinks[!sub->showing];
}

static uint8_t encoding_of(const struct sub *sub, const struct track *track)
{
    uint8_t i = 0;
    while (i + 1u < sub->picture->count && sub->picture->tracks[i] != track)
        i++;
    return i;
}

// The layers wanted of an encoding.
static uint8_t box_for(const struct sub *sub, const struct track *track)
{
    const struct layer *aim = &sub->aim;
    if (!sub->aimed || !track_layering(track)->layered || encoding_of(sub, track) != aim->encoding)
        return PACKET_BOX_ALL;
    uint8_t s = aim->spatial < PACKET_DEPTH ? aim->spatial : PACKET_DEPTH - 1;
    uint8_t t = aim->temporal < PACKET_DEPTH ? aim->temporal : PACKET_DEPTH - 1;
    return PACKET_BOX(s, t);
}

// --- parts --------------------------------------------------------------------------------------

static struct part part_at(struct sub *sub, const struct track *track, const struct packet *first)
{
    sub->box = box_for(sub, track);
    return (struct part){.out = sub->newest_out + 1,
                         .index = first->index,
                         .rank = packet_rank(first, sub->box),
                         .encoding = encoding_of(sub, track),
                         .box = sub->box};
}

static void add_part(struct sub *sub, const struct part *part)
{
    parts_add(&sub->parts, part);
    sub->newest_out = part->out;
    sub->began = true;
    sub->waits_key = false;
}

static uint32_t ticks(const struct sub *sub, int64_t us)
{
    return (uint32_t)(us * sub->clock / SECOND_US);
}

// The number is the next one, the timestamp later by the time that passed since.
void sub_select_begin(struct sub *sub, const struct packet *packet, uint32_t newest_ts,
                      int64_t now_us)
{
    struct part part = part_at(sub, sub_source(sub), packet);
    uint32_t ts = random_u32();
    if (sub->began) {
        int64_t passed = (now_us - sub->newest_us) * sub->clock / SECOND_US;
        int64_t back = (int32_t)(newest_ts - packet->rtp.ts);
        ts = sub->newest_ts + (uint32_t)(passed > back ? passed - back : 1);
    } else {
        part.out = sub->first_out = random_u32() & SUB_FIRST_MASK;
    }
    part.ts_shift = ts - packet->rtp.ts;
    part_settle(&part, packet);
    add_part(sub, &part);
}

// Both encodings were taken from one camera at one clock: their publisher's reports tell how its
// timestamps go on. Without them it is the time that passed. They never go back.
static uint32_t shift_between(struct sub *sub, const struct track *to, const struct packet *first,
                              int64_t now_us)
{
    const struct part *old = sub->parts.now;
    uint32_t passed = ticks(sub, now_us - sub->newest_us);
    uint32_t shift, by_time = sub->newest_ts + (passed ? passed : 1) - first->rtp.ts;
    if (!track_between(to, sub_source(sub), now_us, &shift))
        return by_time;
    int32_t on = (int32_t)(first->rtp.ts + shift + old->ts_shift - sub->newest_ts);
    if (on > (int32_t)(passed + ticks(sub, AHEAD_US)))
        return by_time;
    return shift + old->ts_shift + (on > 0 ? 0 : (uint32_t)(1 - on));
}

static bool frame_of(const struct packet *packet, uint16_t *frame)
{
    size_t len;
    const uint8_t *data = rtp_ext_get(&packet->ext, packet->data, RTP_EXT_DEPENDENCY_DESCRIPTOR,
                                      &len);
    if (data && len >= DEPENDENCY_MIN)
        *frame = get_u16(data + 1);
    return data && len >= DEPENDENCY_MIN;
}

// Running numbers of the codec and of dependency descriptors go on, too.
static void continue_pictures(const struct sub *sub, struct part *part, const struct packet *first)
{
    const struct part *old;
    const struct packet *last = parts_find(&sub->parts, sub->picture, sub->newest_out, &old);
    uint16_t frame, before;
    if (last && frame_of(first, &frame) && frame_of(last, &before))
        part->frame_shift = (uint16_t)(before + old->frame_shift + 1 - frame);
    if (!last || !first->layer.picture_off)
        return;
    part->picture_shift = (uint16_t)(part_picture(old, last) + 1 - part_picture(part, first));
    if (first->layer.tl0_off)
        part->tl0_shift = (uint8_t)(last->layer.tl0 + old->tl0_shift + 1 - first->layer.tl0);
}

// --- codecs -------------------------------------------------------------------------------------

static bool agree_codec(struct sub *sub, const struct track *track)
{
    const struct track_config *config = track_config(track);
    const struct terms_codec *row = terms_match(sub->terms, config->codec, config->fmtp);
    const struct terms_codec *red = terms_match(sub->terms, CODEC_RED, "");
    sub->decodes = row != NULL;
    if (!row)
        return false;
    sub->pt = row->pt;
    sub->rtx_pt = row->rtx_pt;
    sub->red_pt = config->codec == CODEC_OPUS && red ? red->pt : 0;
    sub->clock = codec_info(config->codec)->clock;
    sub->sound = !codec_is_video(config->codec);
    return true;
}

// Begins a new part of the viewer's stream: what was sent under another payload type is never sent
// again.
void sub_select_changed(struct sub *sub, const struct track *track)
{
    sub->waits_key = true;
    sub->parts.count = 0;
    agree_codec(sub, track);
}

// --- from one encoding to another ---------------------------------------------------------------

bool sub_select_change(struct sub *sub, const struct packet *packet, int64_t now_us)
{
    const struct track *track = waiting_sink(sub)->track;
    uint8_t pt = sub->pt;
    if (!packet->key || !agree_codec(sub, track))
        return false;
    struct part part = part_at(sub, track, packet);
    part.ts_shift = shift_between(sub, track, packet, now_us);
    if (sub->pt == pt)
        continue_pictures(sub, &part, packet);
    else
        sub->parts.count = 0;
    part_settle(&part, packet);
    track_remove_sink(&sub->sinks[sub->showing]);
    sub->showing = !sub->showing;
    add_part(sub, &part);
    return true;
}

static bool is_quick(const struct sub *sub, const struct track *track, uint64_t first,
                     uint64_t newest)
{
    uint64_t bits = 0, most = sub->outlet->pace_rate * GROUP_US / SECOND_US;
    if (newest - first >= GROUP_MAX)
        return false;
    for (uint64_t index = first; sub->outlet->pace_rate && index <= newest; index++) {
        const struct packet *packet = track_find(track, index);
        bits += packet ? 8 * packet->len : 0;
    }
    return bits <= most;
}

static bool send_group(struct sub *sub, struct track *track, int64_t now_us)
{
    uint64_t first, newest;
    if (!track_newest_group(track, &first, &newest) || !is_quick(sub, track, first, newest))
        return false;
    sub_select_begin(sub, track_find(track, first), track_find(track, newest)->rtp.ts, now_us);
    for (uint64_t index = first; index <= newest; index++) {
        struct packet *packet = track_find(track, index);
        if (packet)
            sub_forward(sub, packet, true, now_us);
    }
    return true;
}

// Nothing is shown: takes from this encoding from now on.
static void start(struct sub *sub, struct track *track, bool group, int64_t now_us)
{
    track_remove_sink(waiting_sink(sub));
    track_remove_sink(&sub->sinks[sub->showing]);
    track_add_sink(track, &sub->sinks[sub->showing]);
    sub->waits_key = true;
    if (agree_codec(sub, track) && codec_is_video(track_config(track)->codec) &&
        (!group || !send_group(sub, track, now_us)))
        track_want_keyframe(track, now_us);
}

static void wait_for(struct sub *sub, struct track *track, int64_t now_us)
{
    struct sink *sink = waiting_sink(sub);
    if (sink->track == track)
        return;
    track_remove_sink(sink);
    track_add_sink(track, sink);
    track_want_keyframe(track, now_us);
}

// --- from one box to another --------------------------------------------------------------------

static void set_box(struct sub *sub, int64_t now_us)
{
    uint8_t box = box_for(sub, sub_source(sub));
    bool up = PACKET_BOX_SPATIAL(box) > PACKET_BOX_SPATIAL(sub->box);
    if (up && track_layering(sub_source(sub))->layered)
        track_want_keyframe(sub_source(sub), now_us);
    sub->box = box;
}

// Down at any picture's beginning; up by one at the first frame of the next layer that needs only
// what the viewer has.
static unsigned spatial_from(const struct packet *packet, uint8_t box, unsigned to)
{
    unsigned s = PACKET_BOX_SPATIAL(box), at = packet->layer.spatial;
    if (packet->key || (to < s && at == 0))
        return to;
    bool may = packet->layer.enter >> PACKET_BOX_TEMPORAL(box) & 1;
    return s < to && at == s + 1 && may ? at : s;
}

// Likewise; up where all layers of the picture up to `spatial` say so: at a frame the viewer has
// anyhow, or (VP8) at the first one of the next layer.
static unsigned temporal_from(const struct packet *packet, uint8_t box, unsigned spatial,
                              unsigned to)
{
    unsigned now = PACKET_BOX_TEMPORAL(box), at = packet->layer.temporal;
    if (packet->key || (to < now && packet->layer.spatial == 0))
        return to;
    bool here = packet->layer.spatial == spatial;
    for (unsigned t = to; here && t > now; t--)
        if ((packet->layer.up >> t & 1) && (at <= now || (at == t && t == now + 1)))
            return t;
    return now;
}

void sub_select_step(struct sub *sub, const struct packet *packet)
{
    const struct part *now = sub->parts.now;
    bool late = packet->layer.reserved; // those behind it have their numbers already
    if (late || packet->index < now->index)
        return;
    unsigned s = spatial_from(packet, now->box, PACKET_BOX_SPATIAL(sub->box));
    unsigned t = temporal_from(packet, now->box, s, PACKET_BOX_TEMPORAL(sub->box));
    uint8_t box = (uint8_t)PACKET_BOX(s, t);
    if (box == now->box)
        return;
    struct part part = part_in_box(now, packet, box);
    parts_add(&sub->parts, &part);
}

// --- choosing -----------------------------------------------------------------------------------

static unsigned wanted_encoding(const struct sub *sub, int64_t now_us)
{
    const struct picture *picture = sub->picture;
    unsigned now = encoding_of(sub, sub_source(sub));
    if (picture->count == 1)
        return 0;
    if (!sub->aimed)
        return picture_highest(picture, now, now_us);
    if (sub->aim.encoding < picture->count &&
        track_active(picture->tracks[sub->aim.encoding], now_us))
        return sub->aim.encoding;
    return picture_instead(picture, sub->aim.rate, now, now_us);
}

void sub_select_again(struct sub *sub, int64_t now_us)
{
    if (!sub->picture || sub->paused)
        return;
    struct track *track = sub->picture->tracks[wanted_encoding(sub, now_us)];
    if (track != sub_source(sub) && sub->waits_key) {
        start(sub, track, true, now_us);
    } else if (track != sub_source(sub)) {
        wait_for(sub, track, now_us);
    } else {
        track_remove_sink(waiting_sink(sub));
        set_box(sub, now_us);
    }
}

bool sub_attach(struct sub *sub, struct track *track, int64_t now_us)
{
    if (sub->picture && sub->picture == track_picture(track))
        return sub->decodes;
    sub_detach(sub);
    if (!agree_codec(sub, track))
        return false;
    sub->picture = track_picture(track);
    sub->aimed = false;
    track_add_sink(track, &sub->sinks[sub->showing]); // for wanted_encoding()
    if (!sub->paused)
        start(sub, sub->picture->tracks[wanted_encoding(sub, now_us)], true, now_us);
    return true;
}

void sub_select_close(struct sub *sub)
{
    for (unsigned i = 0; i < 2; i++)
        track_remove_sink(&sub->sinks[i]);
    sub->picture = NULL;
    sub->parts.count = 0;
    sub->waits_key = true;
}

void sub_detach(struct sub *sub)
{
    sub_select_close(sub);
}

// --- for those who decide -----------------------------------------------------------------------

void sub_layers(const struct sub *sub, int64_t now_us, struct layer_list *out)
{
    out->count = 0;
    if (sub->picture)
        picture_layers(sub->picture, now_us, out);
}

static void resume(struct sub *sub, int64_t now_us)
{
    sub->paused = false;
    sub->waits_key = true;
    if (sub->picture)
        start(sub, sub->picture->tracks[wanted_encoding(sub, now_us)], false, now_us);
}

void sub_aim(struct sub *sub, const struct layer *wanted, enum sub_pause why, int64_t now_us)
{
    sub->why = wanted ? SUB_NOT_PAUSED : why;
    if (!wanted) {
        if (!sub->paused)
            sub_cut(sub); // room for speech
        sub->paused = true;
        track_remove_sink(waiting_sink(sub));
        return;
    }
    sub->aimed = true;
    sub->aim = *wanted;
    if (sub->paused)
        resume(sub, now_us);
    else
        sub_select_again(sub, now_us);
}

// Of an encoding, the highest row within the box; an inactive one when there is none.
static struct layer layer_in(const struct layer_list *list, unsigned encoding, unsigned box)
{
    struct layer found = {.encoding = (uint8_t)encoding};
    for (unsigned i = 0; i < list->count; i++) {
        const struct layer *row = &list->layer[i];
        bool within = row->spatial <= PACKET_BOX_SPATIAL(box) &&
                      row->temporal <= PACKET_BOX_TEMPORAL(box);
        if (row->encoding == encoding && within && row->spatial >= found.spatial &&
            row->temporal >= found.temporal)
            found = *row;
    }
    return found;
}

void sub_showing(const struct sub *sub, int64_t now_us, struct sub_showing *out)
{
    struct layer_list list;
    *out = (struct sub_showing){.paused = sub->paused, .why = sub->why, .aim = sub->aim};
    if (!sub->picture)
        return;
    picture_layers(sub->picture, now_us, &list);
    const struct part *part = &sub->parts.part[(sub->parts.count - 1) % PARTS_MAX];
    if (!sub->waits_key && !sub->paused)
        out->now = layer_in(&list, part->encoding, part->box);
    if (!sub->aimed)
        out->aim = layer_in(&list, wanted_encoding(sub, now_us), PACKET_BOX_ALL);
}
