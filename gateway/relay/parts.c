#include "gateway/relay/parts.h"

#include <string.h>

#include "gateway/base/bytes.h"

// The packet's picture as the part counts them.
static uint16_t picture_of(const struct packet *packet, unsigned box)
{
    const struct packet_layer *layer = &packet->layer;
    return layer->by_frames ? layer->frames[PACKET_BOX_TEMPORAL(box)] : layer->picture;
}

uint16_t part_picture(const struct part *part, const struct packet *packet)
{
    return (uint16_t)(picture_of(packet, part->box) + part->picture_shift);
}

void part_settle(struct part *part, const struct packet *first)
{
    bool gaps = first->layer.by_frames && !part_is_whole(part);
    part->renumbers = part->picture_shift || part->tl0_shift || gaps;
    part->adapts = part->renumbers || part->frame_shift || !part_is_whole(part);
}

// Is its picture one of the box's?
static bool is_of(const struct packet *packet, unsigned box)
{
    return packet->layer.temporal <= PACKET_BOX_TEMPORAL(box);
}

struct part part_in_box(const struct part *old, const struct packet *first, uint8_t box)
{
    struct part part = *old;
    part.box = box;
    part.out = part_number(old, first) + !packet_counts(first, old->box);
    part.index = first->index;
    part.rank = packet_rank(first, box) + !packet_counts(first, box);
    if (first->layer.by_frames) {
        int next = part_picture(old, first) + !is_of(first, old->box);
        part.picture_shift = (uint16_t)(next - picture_of(first, box) - !is_of(first, box));
    }
    part_settle(&part, first);
    return part;
}

// --- back from a number -------------------------------------------------------------------------

// The first packet at or behind `index` that is there.
static struct packet *at_or_behind(const struct track *track, uint64_t index, uint64_t newest)
{
    struct packet *packet = NULL;
    for (; !packet && index <= newest; index++)
        packet = track_find(track, index);
    return packet;
}

// Ranks rise with the index: the first packet whose rank is not below `rank`.
static struct packet *by_rank(const struct track *track, const struct part *part, uint32_t rank)
{
    uint64_t low = part->index, high = track_newest(track) + 1;
    struct packet *found = NULL;
    if (low < track_oldest(track))
        low = track_oldest(track);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct packet *packet = at_or_behind(track, middle, high - 1);
        if (packet && (int32_t)(packet_rank(packet, part->box) - rank) < 0) {
            low = packet->index + 1;
        } else {
            found = packet ? packet : found;
            high = middle;
        }
    }
    return found;
}

struct packet *parts_find(const struct parts *parts, const struct picture *picture, uint64_t out,
                          const struct part **part)
{
    uint32_t known = parts->count < PARTS_MAX ? parts->count : PARTS_MAX;
    const struct part *found = NULL;
    for (uint32_t age = 1; !found && age <= known; age++)
        if (parts->part[(parts->count - age) % PARTS_MAX].out <= out)
            found = &parts->part[(parts->count - age) % PARTS_MAX];
    if (!found || found->encoding >= picture->count)
        return NULL;
    const struct track *track = picture->tracks[found->encoding];
    *part = found;
    if (found->box == PACKET_BOX_ALL)
        return track_find(track, found->index + (out - found->out));
    uint32_t rank = found->rank + (uint32_t)(out - found->out);
    struct packet *packet = by_rank(track, found, rank);
    bool hit = packet && packet_rank(packet, found->box) == rank &&
               packet_counts(packet, found->box);
    return hit ? packet : NULL;
}

// --- the codec's running numbers ----------------------------------------------------------------

static void put_picture(uint8_t *to, uint16_t picture, bool wide)
{
    if (wide)
        put_u16(to, (uint16_t)(0x8000 | picture));
    else
        to[0] = picture & 0x7f;
}

size_t part_rewrite(const struct part *part, const struct packet *packet, const uint8_t *payload,
                    size_t len, uint8_t *to)
{
    const struct packet_layer *layer = &packet->layer;
    size_t lead = layer->picture_off ? layer->picture_off + (layer->wide_picture ? 2u : 1u) : 0;
    if (layer->tl0_off >= lead && layer->tl0_off)
        lead = layer->tl0_off + 1u;
    if (lead > len || lead > PART_LEAD_MAX)
        return 0;
    memcpy(to, payload, lead);
    if (layer->picture_off)
        put_picture(to + layer->picture_off, part_picture(part, packet), layer->wide_picture);
    if (layer->tl0_off)
        to[layer->tl0_off] = (uint8_t)(layer->tl0 + part->tl0_shift);
    return lead;
}
