#include "gateway/packet/dependency.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"

#define HEAD_BITS      24 // start, end, template, frame number
#define FLAG_BITS      5  // structure, mask, custom uses, distances, chains
#define FLAG_STRUCTURE 16
#define FLAG_MASK      8
#define FLAG_USES      4
#define FLAG_DISTANCES 2
#define NEXT_TEMPORAL  1
#define NEXT_SPATIAL   2
#define NO_MORE        3

struct bits {
    const uint8_t *data;
    size_t len; // in bits
    size_t at;
    bool over; // read behind the end
};

// Up to 32 bits, the highest first; 0 behind the end: the caller looks at `over` once.
static uint32_t take(struct bits *b, unsigned count)
{
    uint32_t value = 0;
    b->over |= b->len - b->at < count;
    for (; count && !b->over; count--, b->at++)
        value = value << 1 | (b->data[b->at / 8] >> (7 - b->at % 8) & 1);
    return b->over ? 0 : value;
}

// ns(n): a number below `limit` in as few bits as it needs.
static uint32_t take_below(struct bits *b, uint32_t limit)
{
    unsigned width = 0;
    for (uint32_t left = limit; left; left >>= 1)
        width++;
    uint32_t rest = (1u << width) - limit;
    uint32_t value = take(b, width - 1);
    return value < rest ? value : (value << 1) - rest + take(b, 1);
}

// --- the structure ------------------------------------------------------------------------------

static int read_layers(struct dependency_structure *s, struct bits *b)
{
    struct dependency_template layer = {0};
    uint32_t next;
    do {
        if (s->templates == DEPENDENCY_TEMPLATES_MAX || layer.spatial == DEPENDENCY_SPATIAL_MAX)
            return EBADMSG;
        s->of[s->templates++] = layer;
        next = take(b, 2);
        if (next == NEXT_TEMPORAL)
            layer.temporal++;
        if (next == NEXT_SPATIAL) {
            layer.temporal = 0;
            layer.spatial++;
        }
    } while (next != NO_MORE && !b->over);
    return 0;
}

static uint64_t take_uses(struct bits *b, unsigned targets)
{
    uint64_t uses = 0;
    for (unsigned i = 0; i < targets; i++)
        uses |= (uint64_t)take(b, 2) << (2 * i);
    return uses;
}

static void read_distances(struct dependency_structure *s, struct bits *b)
{
    for (unsigned i = 0; i < s->templates; i++)
        while (take(b, 1)) {
            uint8_t distance = (uint8_t)(take(b, 4) + 1);
            if (distance > s->of[i].reach)
                s->of[i].reach = distance;
        }
}

// Those of one frame, each in one to three times four bits.
static uint16_t take_reach(struct bits *b)
{
    uint16_t reach = 0;
    uint32_t size;
    while ((size = take(b, 2))) {
        uint16_t distance = (uint16_t)(take(b, 4 * size) + 1);
        if (distance > reach)
            reach = distance;
    }
    return reach;
}

// Chains tell a receiver what it misses; here they are passed over.
static void skip_chains(const struct dependency_structure *s, struct bits *b)
{
    uint32_t chains = take_below(b, s->targets + 1u);
    for (unsigned i = 0; chains && i < s->targets; i++)
        take_below(b, chains);
    for (unsigned i = 0; i < s->templates; i++)
        for (uint32_t k = 0; k < chains; k++)
            take(b, 4);
}

static void find_targets(struct dependency_structure *s)
{
    for (unsigned t = 0; t < s->targets; t++)
        for (unsigned i = 0; i < s->templates; i++) {
            if (dependency_use(s->of[i].uses, t) == DEPENDENCY_ABSENT)
                continue;
            if (s->of[i].spatial > s->target[t].spatial)
                s->target[t].spatial = s->of[i].spatial;
            if (s->of[i].temporal > s->target[t].temporal)
                s->target[t].temporal = s->of[i].temporal;
        }
}

static void read_sizes(struct dependency_structure *s, struct bits *b)
{
    s->sizes = (uint8_t)(s->of[s->templates - 1].spatial + 1);
    for (unsigned i = 0; i < s->sizes; i++) {
        s->width[i] = (uint16_t)(take(b, 16) + 1);
        s->height[i] = (uint16_t)(take(b, 16) + 1);
    }
}

static int read_structure(struct dependency_structure *s, struct bits *b)
{
    memset(s, 0, sizeof(*s));
    s->first_id = (uint8_t)take(b, 6);
    s->targets = (uint8_t)(take(b, 5) + 1);
    int err = read_layers(s, b);
    if (err)
        return err;
    for (unsigned i = 0; i < s->templates; i++)
        s->of[i].uses = take_uses(b, s->targets);
    read_distances(s, b);
    skip_chains(s, b);
    find_targets(s);
    if (take(b, 1))
        read_sizes(s, b);
    return b->over ? EBADMSG : 0;
}

// --- the descriptor -----------------------------------------------------------------------------

// What the template says, unless this frame has uses or distances of its own.
static int read_frame(struct dependency *d, const struct dependency_structure *s, uint8_t template,
                      uint32_t flags, struct bits *b)
{
    unsigned at = (template + DEPENDENCY_TEMPLATES_MAX - s->first_id) % DEPENDENCY_TEMPLATES_MAX;
    if (at >= s->templates)
        return EBADMSG;
    d->spatial = s->of[at].spatial;
    d->temporal = s->of[at].temporal;
    d->uses = flags & FLAG_USES ? take_uses(b, s->targets) : s->of[at].uses;
    d->reach = flags & FLAG_DISTANCES ? take_reach(b) : s->of[at].reach;
    return b->over ? EBADMSG : 0;
}

int dependency_parse(struct dependency *d, struct dependency_structure *structure,
                     const uint8_t *data, size_t len)
{
    struct dependency_structure fresh;
    const struct dependency_structure *use = structure;
    struct bits b = {.data = data, .len = len * 8};
    *d = (struct dependency){.starts = take(&b, 1), .ends = take(&b, 1)};
    uint8_t template = (uint8_t)take(&b, 6);
    d->frame = (uint16_t)take(&b, 16);
    uint32_t flags = len > DEPENDENCY_MIN ? take(&b, FLAG_BITS) : 0;
    d->has_structure = flags & FLAG_STRUCTURE;
    d->has_mask = flags & FLAG_MASK;
    int err = b.over ? EBADMSG : 0;
    if (!err && d->has_structure) {
        err = read_structure(&fresh, &b);
        use = &fresh;
    }
    if (err)
        return err;
    d->mask_at = len > DEPENDENCY_MIN ? (uint16_t)b.at : 0;
    if (d->has_mask)
        take(&b, use->targets);
    err = read_frame(d, use, template, flags, &b);
    if (!err && d->has_structure)
        *structure = fresh;
    return err;
}

uint32_t dependency_targets(const struct dependency_structure *structure, unsigned spatial,
                            unsigned temporal)
{
    uint32_t mask = 0;
    for (unsigned t = 0; t < structure->targets; t++)
        if (structure->target[t].spatial <= spatial && structure->target[t].temporal <= temporal)
            mask |= 1u << t;
    return mask;
}

// --- writing ------------------------------------------------------------------------------------

struct bit_writer {
    uint8_t *data;
    size_t at;
    bool full;
};

static void put(struct bit_writer *w, uint32_t value, unsigned count)
{
    w->full |= w->at + count > DEPENDENCY_MAX * 8;
    for (; count && !w->full; count--, w->at++)
        if (value >> (count - 1) & 1)
            w->data[w->at / 8] |= (uint8_t)(0x80 >> w->at % 8);
}

static void copy(struct bit_writer *w, struct bits *b, size_t count)
{
    for (; count; count--)
        put(w, take(b, 1), 1);
}

size_t dependency_rewrite(const uint8_t *data, size_t len, const struct dependency_change *change,
                          uint8_t *to)
{
    uint16_t mask_at = change->mask_at;
    struct bits b = {.data = data, .len = len * 8, .at = HEAD_BITS};
    struct bit_writer w = {.data = to, .at = HEAD_BITS};
    if (len < DEPENDENCY_MIN || len > DEPENDENCY_MAX)
        return 0;
    memset(to, 0, DEPENDENCY_MAX);
    to[0] = data[0];
    put_u16(to + 1, change->frame);
    if (!change->targets) {
        memcpy(to + DEPENDENCY_MIN, data + DEPENDENCY_MIN, len - DEPENDENCY_MIN);
        return len;
    }
    if (mask_at)
        copy(&w, &b, mask_at - HEAD_BITS);
    else
        w.at += FLAG_BITS;
    to[DEPENDENCY_MIN] |= FLAG_MASK << (8 - FLAG_BITS);
    uint32_t theirs = mask_at && change->has_mask ? take(&b, change->targets) : UINT32_MAX;
    put(&w, change->mask & theirs, change->targets);
    if (mask_at)
        copy(&w, &b, b.len - b.at);
    return w.full || b.over ? 0 : (w.at + 7) / 8;
}
