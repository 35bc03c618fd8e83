#include "gateway/relay/layering.h"

#include <errno.h>
#include <string.h>

#define SECOND_US 1000000

static uint8_t clamp(unsigned layer)
{
    return (uint8_t)(layer < PACKET_DEPTH ? layer : PACKET_DEPTH - 1);
}

// --- numbers ------------------------------------------------------------------------------------

static void begin(struct layering *layering, const struct packet *packet)
{
    layering->begun = true;
    layering->newest = packet->index - 1;
    layering->picture = (uint16_t)(packet->layer.picture - 1);
    for (unsigned box = 0; box < PACKET_BOXES; box++)
        layering->rank[box] = (uint32_t)layering->newest;
    for (unsigned t = 0; t < PACKET_DEPTH; t++)
        layering->frames[t] = layering->picture;
}

static uint16_t picture_mask(const struct packet *packet)
{
    return packet->layer.wide_picture ? 0x7fff : 0x7f;
}

// Pictures nothing was seen of count for all.
static void count_picture(struct layering *layering, struct packet *packet)
{
    struct packet_layer *layer = &packet->layer;
    uint16_t passed = (uint16_t)(layer->picture - layering->picture) & picture_mask(packet);
    for (unsigned t = 0; passed && t < PACKET_DEPTH; t++)
        layering->frames[t] = (uint16_t)(layering->frames[t] + passed -
                                         (layer->temporal <= t ? 0 : 1));
    layering->picture = layer->picture;
    memcpy(layer->frames, layering->frames, sizeof(layer->frames));
}

// So do packets that are missing by now: what they are will be known too late.
static void count_next(struct layering *layering, struct packet *packet)
{
    uint32_t missing = (uint32_t)(packet->index - layering->newest - 1);
    for (unsigned box = 0; box < PACKET_BOXES; box++)
        layering->rank[box] += missing + packet_within(packet, box);
    layering->newest = packet->index;
    memcpy(packet->layer.rank, layering->rank, sizeof(layering->rank));
    if (packet->layer.picture_off)
        count_picture(layering, packet);
}

static void place_picture(struct packet *packet, const struct packet *before)
{
    uint16_t mask = picture_mask(packet);
    for (unsigned t = 0; t < PACKET_DEPTH; t++)
        packet->layer.frames[t] = (uint16_t)(before->layer.frames[t] +
                                             ((packet->layer.picture - before->layer.picture) &
                                              mask));
}

// It has the place that was kept for it: everything since `before` was missing, too.
static void place_late(struct packet *packet, const struct packet *before)
{
    struct packet_layer *layer = &packet->layer;
    layer->reserved = true;
    for (unsigned box = 0; before && box < PACKET_BOXES; box++)
        layer->rank[box] = before->layer.rank[box] + (uint32_t)(packet->index - before->index);
    if (before && layer->picture_off)
        place_picture(packet, before);
}

// --- rates and sizes ----------------------------------------------------------------------------

static int64_t quarters_passed(const struct layering *layering, int64_t now_us)
{
    return (now_us - layering->quarter_us) / LAYERING_QUARTER_US;
}

static void count_bytes(struct layering *layering, const struct packet *packet, int64_t now_us)
{
    int64_t passed = quarters_passed(layering, now_us);
    if (!layering->begun_us || passed > LAYERING_QUARTERS) {
        memset(layering->bytes, 0, sizeof(layering->bytes));
        layering->begun_us = layering->quarter_us = now_us;
        passed = 0;
    }
    for (; passed > 0; passed--) {
        layering->quarter = (layering->quarter + 1) % (LAYERING_QUARTERS + 1);
        layering->quarter_us += LAYERING_QUARTER_US;
        memset(layering->bytes[layering->quarter], 0, sizeof(layering->bytes[0]));
    }
    unsigned at = PACKET_BOX(packet->layer.spatial, packet->layer.temporal);
    layering->bytes[layering->quarter][at] += (uint32_t)packet->len;
}

// Whole quarters since it began, of the last second.
static int64_t quarters_known(const struct layering *layering, int64_t now_us)
{
    int64_t whole = (now_us - layering->begun_us) / LAYERING_QUARTER_US;
    return whole < LAYERING_QUARTERS ? whole : LAYERING_QUARTERS;
}

// In the whole quarters of the last second; in the first one while that is running.
void layering_rates(const struct layering *layering, int64_t now_us, uint64_t rates[PACKET_BOXES])
{
    int64_t passed = quarters_passed(layering, now_us);
    int64_t known = quarters_known(layering, now_us);
    unsigned boxes = layering->layered ? PACKET_BOXES : 1;
    memset(rates, 0, PACKET_BOXES * sizeof(*rates));
    for (unsigned age = 0; age <= LAYERING_QUARTERS; age++) {
        unsigned slot = (layering->quarter + LAYERING_QUARTERS + 1 - age) % (LAYERING_QUARTERS + 1);
        bool counts = passed + age >= (known ? 1 : 0) && passed + age <= LAYERING_QUARTERS;
        for (unsigned i = 0; counts && i < boxes; i++)
            rates[i] += layering->bytes[slot][i];
    }
    for (unsigned i = 0; i < boxes; i++)
        rates[i] = rates[i] * 8 * SECOND_US / (uint64_t)((known ? known : 1) * LAYERING_QUARTER_US);
}

static void note_sizes(struct layering *layering, const struct frame_facts *facts)
{
    for (unsigned s = 0; s < facts->sizes && s < PACKET_DEPTH; s++) {
        layering->width[s] = facts->width[s];
        layering->height[s] = facts->height[s];
    }
}

// --- what a packet tells ------------------------------------------------------------------------

// Of its frame: a number, and how many before it the farthest is that it needs.
struct need {
    uint16_t frame, reach;
};

static void take_facts(struct packet_layer *layer, const struct frame_facts *facts)
{
    layer->spatial = clamp(facts->sid);
    layer->temporal = clamp(facts->tid);
    layer->up = facts->up;
    layer->enter = facts->up | (uint8_t)(1u << facts->tid);
    layer->ends = facts->ends;
    layer->picture_off = facts->picture_off;
    layer->tl0_off = facts->tl0_off;
    layer->tl0 = facts->tl0;
    layer->wide_picture = facts->wide_picture;
    layer->picture = facts->picture;
}

// The temporal layers whose targets are all the frame's own spatial layer's to switch to.
static uint8_t switches_of(const struct dependency *d, const struct dependency_structure *structure)
{
    uint8_t up = 0, others = 0;
    for (unsigned t = 0; t < structure->targets; t++) {
        if (clamp(structure->target[t].spatial) != clamp(d->spatial))
            continue;
        uint8_t bit = (uint8_t)(1u << clamp(structure->target[t].temporal));
        if (dependency_use(d->uses, t) == DEPENDENCY_SWITCH)
            up |= bit;
        else
            others |= bit;
    }
    return up & (uint8_t)~others;
}

static void take_sizes(struct layering *layering)
{
    const struct dependency_structure *structure = &layering->structure;
    for (unsigned s = 0; s < structure->sizes && s < PACKET_DEPTH; s++) {
        layering->width[s] = structure->width[s];
        layering->height[s] = structure->height[s];
    }
}

// A structure that comes late may be one of the past.
static int parse_descriptor(struct layering *layering, const struct packet *packet,
                            const uint8_t *data, size_t len, struct dependency *d)
{
    struct dependency_structure structure = layering->structure;
    int err = dependency_parse(d, &structure, data, len);
    if (err || !d->has_structure)
        return err;
    if (packet->index < layering->structure_index)
        return ENOENT;
    layering->structure = structure;
    layering->structure_index = packet->index;
    take_sizes(layering);
    return 0;
}

// A dependency descriptor says it for any codec, and better.
static void take_descriptor(struct layering *layering, struct packet *packet, struct need *need)
{
    struct packet_layer *layer = &packet->layer;
    struct dependency d;
    size_t len;
    const uint8_t *data = rtp_ext_get(&packet->ext, packet->data, RTP_EXT_DEPENDENCY_DESCRIPTOR,
                                      &len);
    if (!data || parse_descriptor(layering, packet, data, len, &d))
        return;
    layer->spatial = clamp(d.spatial);
    layer->temporal = clamp(d.temporal);
    layer->enter = switches_of(&d, &layering->structure);
    layer->up = layer->enter & (uint8_t)(0xfe << layer->temporal); // it may need some of its own
    layer->ends = d.ends;
    layer->targets = layering->structure.targets;
    layer->has_mask = d.has_mask;
    layer->mask_at = d.mask_at;
    for (unsigned box = 0; box < PACKET_BOXES; box++)
        layer->masks[box] = (uint16_t)dependency_targets(
            &layering->structure, PACKET_BOX_SPATIAL(box), PACKET_BOX_TEMPORAL(box));
    packet->frame_start = d.starts;
    *need = (struct need){.frame = d.frame, .reach = d.reach};
}

// What a frame allows holds as far as the layers below it in its picture allow it, too.
static void agree(struct layering *layering, struct packet *packet, const struct need *need)
{
    struct packet_layer *layer = &packet->layer;
    if (packet->rtp.ts != layering->coming.ts) {
        layering->coming.ts = packet->rtp.ts;
        layering->coming.frame = need->frame;
        layering->coming.layers = 0;
        layering->coming.up = UINT8_MAX;
    }
    bool follows = layer->spatial == layering->coming.layers;
    bool fresh = need->reach <= (uint16_t)(need->frame - layering->coming.frame);
    layering->coming.layers = follows ? layer->spatial + 1 : LAYERING_BROKEN;
    layering->coming.up &= follows ? layer->up : 0;
    layer->up = layering->coming.up;
    if (!follows || !fresh)
        layer->enter = 0;
}

void layering_note(struct layering *layering, struct packet *packet,
                   const struct frame_facts *facts, const struct packet *before, int64_t now_us)
{
    struct packet_layer *layer = &packet->layer;
    struct need need = {.reach = facts->fresh ? 0 : UINT16_MAX};
    take_facts(layer, facts);
    take_descriptor(layering, packet, &need);
    note_sizes(layering, facts);
    count_bytes(layering, packet, now_us);
    layering->layered |= layer->spatial || layer->temporal;
    layer->by_frames = layering->by_picture && layer->picture_off;
    if (!layering->begun)
        begin(layering, packet);
    if (packet->index <= layering->newest) {
        place_late(packet, before);
        return;
    }
    count_next(layering, packet);
    if (layering->layered && packet->frame_start)
        agree(layering, packet, &need);
}
