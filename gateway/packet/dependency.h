#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The dependency descriptor: a header extension that tells each frame's place among layers, for any
// codec. "RTP Payload Format For AV1", appendix A. Any thread.

#define DEPENDENCY_TEMPLATES_MAX 64
#define DEPENDENCY_TARGETS_MAX   32
#define DEPENDENCY_SPATIAL_MAX   8
#define DEPENDENCY_MIN           3   // bytes
#define DEPENDENCY_MAX           255 // of an extension

// What a keyframe's descriptor says about all that follow: which templates frames refer to, and
// which combinations of layers ("decode targets") a receiver may decode. Zeroed is none.
struct dependency_structure {
    uint8_t templates, targets;
    uint8_t first_id; // of the templates
    struct dependency_template {
        uint8_t spatial, temporal;
        uint64_t uses; // two bits a target, from the lowest: enum dependency_use
        uint8_t reach; // as in struct dependency
    } of[DEPENDENCY_TEMPLATES_MAX];
    // The highest layers of each target:
    struct {
        uint8_t spatial, temporal;
    } target[DEPENDENCY_TARGETS_MAX];
    uint8_t sizes; // so many spatial layers tell their size
    uint16_t width[DEPENDENCY_SPATIAL_MAX], height[DEPENDENCY_SPATIAL_MAX];
};

// Decode target indication: what a frame is to a target.
enum dependency_use {
    DEPENDENCY_ABSENT,
    DEPENDENCY_DISCARDABLE,
    DEPENDENCY_SWITCH, // who decodes it can decode everything of the target from here on
    DEPENDENCY_REQUIRED,
};

struct dependency {
    bool starts, ends; // first, last packet of its frame
    uint16_t frame;    // running number
    uint8_t spatial, temporal;
    uint64_t uses;  // as in the template
    uint16_t reach; // the farthest frame it needs is so many before it; 0: it needs none
    bool has_structure;
    bool has_mask; // active decode targets are told
    // Bits in front of that mask, or of where it would be; 0 in a descriptor of three bytes.
    uint16_t mask_at;
};

// Reads a descriptor; one with a structure of its own replaces *structure. EBADMSG when it is cut
// off or refers to what the structure does not have: *structure is as it was then.
int dependency_parse(struct dependency *d, struct dependency_structure *structure,
                     const uint8_t *data, size_t len);

static inline enum dependency_use dependency_use(uint64_t uses, unsigned target)
{
    return (enum dependency_use)(uses >> (2 * target) & 3);
}

// The targets within these highest layers, a bit each.
uint32_t dependency_targets(const struct dependency_structure *structure, unsigned spatial,
                            unsigned temporal);

struct dependency_change {
    uint16_t mask_at; // of the descriptor as it is
    bool has_mask;
    uint16_t frame;   // its number from now on
    unsigned targets; // how many there are; 0: they stay as they are
    uint32_t mask;    // those that stay active
};

// A descriptor with these changes. Writes to `to` (DEPENDENCY_MAX bytes) and returns the length; 0
// when it does not fit.
size_t dependency_rewrite(const uint8_t *data, size_t len, const struct dependency_change *change,
                          uint8_t *to);
