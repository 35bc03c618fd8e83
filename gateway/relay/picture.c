#include "gateway/relay/picture.h"

#include "gateway/base/text.h"
#include "gateway/relay/layering.h"
#include "gateway/relay/track.h"

void picture_add(struct picture *picture, struct track *track, const char *rid)
{
    text_copy(picture->rids[picture->count], LAYERS_RID_MAX, rid);
    picture->tracks[picture->count++] = track;
    track_set_picture(track, picture);
}

// --- what there is ------------------------------------------------------------------------------

// Keeps the list in order of rising rate; when it is full the lowest goes.
static void insert(struct layer_list *list, const struct layer *layer)
{
    unsigned at = list->count;
    if (at == LAYERS_MAX) {
        if (layer->rate <= list->layer[0].rate)
            return;
        at--;
        for (unsigned i = 0; i < at; i++)
            list->layer[i] = list->layer[i + 1];
    } else {
        list->count++;
    }
    for (; at > 0 && list->layer[at - 1].rate > layer->rate; at--)
        list->layer[at] = list->layer[at - 1];
    list->layer[at] = *layer;
}

// Does anything come of a spatial layer, and of a temporal one?
static bool is_there(const uint64_t rates[PACKET_BOXES], unsigned spatial, unsigned temporal)
{
    uint64_t of_spatial = 0, of_temporal = 0;
    for (unsigned i = 0; i < PACKET_DEPTH; i++) {
        of_spatial += rates[PACKET_BOX(spatial, i)];
        of_temporal += rates[PACKET_BOX(i, temporal)];
    }
    return of_spatial && of_temporal;
}

static uint64_t rate_up_to(const uint64_t rates[PACKET_BOXES], unsigned spatial, unsigned temporal)
{
    uint64_t rate = 0;
    for (unsigned s = 0; s <= spatial; s++)
        for (unsigned t = 0; t <= temporal; t++)
            rate += rates[PACKET_BOX(s, t)];
    return rate;
}

static void add_encoding(const struct picture *picture, unsigned encoding, int64_t now_us,
                         struct layer_list *out)
{
    const struct layering *layering = track_layering(picture->tracks[encoding]);
    struct layer layer = {.encoding = (uint8_t)encoding, .active = true};
    unsigned depth = layering->layered ? PACKET_DEPTH : 1;
    uint64_t rates[PACKET_BOXES];
    layering_rates(layering, now_us, rates);
    text_copy(layer.rid, sizeof(layer.rid), picture->rids[encoding]);
    for (unsigned s = 0; s < depth; s++)
        for (unsigned t = 0; t < depth; t++) {
            if ((s || t) && !is_there(rates, s, t)) // the base is, even when silent for a moment
                continue;
            layer.spatial = (uint8_t)s;
            layer.temporal = (uint8_t)t;
            layer.width = layering->width[s];
            layer.height = layering->height[s];
            layer.rate = rate_up_to(rates, s, t);
            insert(out, &layer);
        }
}

void picture_layers(const struct picture *picture, int64_t now_us, struct layer_list *out)
{
    out->count = 0;
    for (unsigned i = 0; i < picture->count; i++)
        if (track_active(picture->tracks[i], now_us))
            add_encoding(picture, i, now_us, out);
}

// --- one of several -----------------------------------------------------------------------------

static uint64_t rate_of(const struct picture *picture, unsigned encoding, int64_t now_us)
{
    uint64_t rates[PACKET_BOXES];
    layering_rates(track_layering(picture->tracks[encoding]), now_us, rates);
    return rate_up_to(rates, PACKET_DEPTH - 1, PACKET_DEPTH - 1);
}

static uint32_t area_of(const struct picture *picture, unsigned encoding)
{
    const struct layering *layering = track_layering(picture->tracks[encoding]);
    uint32_t area = 0;
    for (unsigned s = 0; s < PACKET_DEPTH; s++)
        if ((uint32_t)layering->width[s] * layering->height[s] > area)
            area = (uint32_t)layering->width[s] * layering->height[s];
    return area;
}

static bool is_higher(const struct picture *picture, unsigned a, unsigned b, int64_t now_us)
{
    uint32_t of_a = area_of(picture, a), of_b = area_of(picture, b);
    if (of_a && of_b && of_a != of_b)
        return of_a > of_b;
    return rate_of(picture, a, now_us) > rate_of(picture, b, now_us);
}

unsigned picture_highest(const struct picture *picture, unsigned fallback, int64_t now_us)
{
    unsigned best = picture->count;
    for (unsigned i = 0; i < picture->count; i++)
        if (track_active(picture->tracks[i], now_us) &&
            (best == picture->count || is_higher(picture, i, best, now_us)))
            best = i;
    return best < picture->count ? best : fallback;
}

unsigned picture_instead(const struct picture *picture, uint64_t rate, unsigned fallback,
                         int64_t now_us)
{
    unsigned best = picture->count;
    for (unsigned i = 0; i < picture->count; i++) {
        if (!track_active(picture->tracks[i], now_us))
            continue;
        if (best == picture->count) {
            best = i;
            continue;
        }
        uint64_t one = rate_of(picture, i, now_us), other = rate_of(picture, best, now_us);
        if (other > rate ? one < other : one <= rate && one > other)
            best = i;
    }
    return best < picture->count ? best : fallback;
}

void picture_stirred(const struct picture *picture, int64_t now_us)
{
    for (unsigned i = 0; i < picture->count; i++)
        track_stir(picture->tracks[i], now_us);
}
