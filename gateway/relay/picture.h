#pragma once
#include <stdint.h>

#include "gateway/relay/layers.h"

// One source's picture: a track for each encoding its publisher sends (simulcast), one without.
// Embed it in whoever owns the tracks; it outlives them. Zeroed is empty. One thread.

struct track;

struct picture {
    unsigned count;
    struct track *tracks[LAYERS_ENCODINGS]; // in the order of the offer's rids
    char rids[LAYERS_ENCODINGS][LAYERS_RID_MAX];
};

// Adds a track, which then says track_picture() of it. At most LAYERS_ENCODINGS.
void picture_add(struct picture *picture, struct track *track, const char *rid);

// What it can be shown as: active layers, rising rate.
void picture_layers(const struct picture *picture, int64_t now_us, struct layer_list *out);
// The active encoding of the largest picture, or else of the highest rate; `fallback` when none is.
unsigned picture_highest(const struct picture *picture, unsigned fallback, int64_t now_us);
// The active encoding to show instead of one that stopped: the best that is not above `rate`, or
// else the lowest; `fallback` when none is active.
unsigned picture_instead(const struct picture *picture, uint64_t rate, unsigned fallback,
                         int64_t now_us);
// Tells the sinks of all encodings that one began or stopped.
void picture_stirred(const struct picture *picture, int64_t now_us);
