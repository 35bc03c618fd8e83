#pragma once
#include <stdbool.h>
#include <stdint.h>

// What a picture can be shown as: one row for each combination of encoding (simulcast, RFC 8853)
// and layers inside it (SVC) that its publisher sends. Pure data.

#define LAYERS_MAX       9
#define LAYERS_ENCODINGS 3  // of one picture
#define LAYERS_RID_MAX   17 // with the zero

struct layer {
    uint64_t rate;    // bit/s, measured over the last second; lower layers that it needs included
    uint8_t encoding; // place of its rid in the offer's order; 0 without simulcast
    uint8_t spatial, temporal; // highest layers of the encoding that are shown
    char rid[LAYERS_RID_MAX];  // empty without simulcast
    uint16_t width, height;    // 0: unknown
    bool active;               // packets came within the last second
};

struct layer_list {
    unsigned count;
    struct layer layer[LAYERS_MAX]; // rising rate
};

// The same encoding, spatial and temporal layer?
static inline bool layer_same(const struct layer *a, const struct layer *b)
{
    return a->encoding == b->encoding && a->spatial == b->spatial && a->temporal == b->temporal;
}
