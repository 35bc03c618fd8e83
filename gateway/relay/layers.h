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

// What somebody wants of them: the highest that fits all that is said.
struct layer_choice {
    bool paused;                    // nothing at all
    char rid[LAYERS_RID_MAX];       // empty: any
    int spatial, temporal;          // at most; -1: any
    uint16_t max_width, max_height; // 0: any
    uint64_t max_rate;              // bit/s; 0: any
};
extern const struct layer_choice layer_choice_any;

// Those of `all` that fit. When none does, those that would if the rid were another (it may be
// back), or else the lowest one: a picture is better than none. Nothing when that is the choice.
void layers_chosen(const struct layer_list *all, const struct layer_choice *choice,
                   struct layer_list *out);

// Do both lists have the same rows, whatever their rates?
bool layers_same(const struct layer_list *a, const struct layer_list *b);
// Where `layer` is in the list; -1: nowhere.
int layers_find(const struct layer_list *list, const struct layer *layer);

// The same encoding, spatial and temporal layer?
static inline bool layer_same(const struct layer *a, const struct layer *b)
{
    return a->encoding == b->encoding && a->spatial == b->spatial && a->temporal == b->temporal;
}
