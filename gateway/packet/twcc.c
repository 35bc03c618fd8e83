#include "gateway/packet/twcc.h"

#include "gateway/base/bytes.h"
#include <errno.h>

#define HEAD_LEN 8 // base_seq, status_count, base_time, fb_count
#define RUN_MAX  8191

enum symbol { SYMBOL_LOST, SYMBOL_SMALL, SYMBOL_LARGE, SYMBOL_RESERVED };

// One chunk of statuses, section 3.1.3 and 3.1.4: `count` symbols; one for all in a run.
struct chunk {
    uint16_t word;
    unsigned count;
};

static struct chunk chunk_of(uint16_t word, unsigned left)
{
    unsigned count = 14;
    if (!(word & 0x8000))
        count = word & RUN_MAX;
    else if (word & 0x4000)
        count = 7;
    return (struct chunk){word, count < left ? count : left};
}

static enum symbol chunk_symbol(struct chunk chunk, unsigned index)
{
    if (!(chunk.word & 0x8000))
        return (enum symbol)(chunk.word >> 13 & 3);
    if (chunk.word & 0x4000)
        return (enum symbol)(chunk.word >> (12 - 2 * index) & 3);
    return (enum symbol)(chunk.word >> (13 - index) & 1);
}

// Bytes of deltas that a chunk asks for; false for a reserved symbol.
static bool chunk_deltas(struct chunk chunk, size_t *bytes)
{
    bool run = !(chunk.word & 0x8000);
    unsigned symbols = run && chunk.count ? 1 : chunk.count;
    size_t each = run ? chunk.count : 1;
    for (unsigned i = 0; i < symbols; i++) {
        enum symbol symbol = chunk_symbol(chunk, i);
        if (symbol == SYMBOL_RESERVED)
            return false;
        *bytes += each * (size_t)symbol;
    }
    return true;
}

// Where the deltas begin; EBADMSG unless all chunks and all deltas are there.
static int find_deltas(const uint8_t *fci, size_t len, unsigned status_count, size_t *start)
{
    size_t off = HEAD_LEN;
    size_t deltas = 0;
    for (unsigned left = status_count; left > 0; off += 2) {
        if (len - off < 2)
            return EBADMSG;
        struct chunk chunk = chunk_of(get_u16(fci + off), left);
        // An empty run would say nothing: only malice or a bug writes one.
        if (chunk.count == 0 || !chunk_deltas(chunk, &deltas))
            return EBADMSG;
        left -= chunk.count;
    }
    *start = off;
    return len - off < deltas ? EBADMSG : 0;
}

struct cursor {
    const uint8_t *delta;
    int64_t at_us;
    uint16_t seq;
};

static void visit_chunk(struct cursor *c, struct chunk chunk, twcc_status_h *handler, void *arg)
{
    for (unsigned i = 0; i < chunk.count; i++, c->seq++) {
        enum symbol symbol = chunk_symbol(chunk, i);
        if (symbol == SYMBOL_LOST) {
            handler(c->seq, false, 0, arg);
            continue;
        }
        int delta = symbol == SYMBOL_SMALL ? *c->delta : (int16_t)get_u16(c->delta);
        c->delta += symbol;
        c->at_us += (int64_t)delta * TWCC_TICK_US;
        handler(c->seq, true, c->at_us, arg);
    }
}

int twcc_parse(struct twcc_feedback *feedback, const uint8_t *fci, size_t len,
               twcc_status_h *handler, void *arg)
{
    size_t deltas;
    if (len < HEAD_LEN || get_u16(fci + 2) == 0)
        return EBADMSG;
    uint32_t base = get_u24(fci + 4);
    feedback->base_seq = get_u16(fci);
    feedback->status_count = get_u16(fci + 2);
    feedback->base_time = base & 0x800000 ? (int32_t)base - 0x1000000 : (int32_t)base;
    feedback->fb_count = fci[7];
    if (find_deltas(fci, len, feedback->status_count, &deltas))
        return EBADMSG;
    if (!handler)
        return 0;
    struct cursor cursor = {fci + deltas, (int64_t)feedback->base_time * TWCC_BASE_US,
                            feedback->base_seq};
    size_t off = HEAD_LEN;
    for (unsigned left = feedback->status_count; left > 0; off += 2) {
        struct chunk chunk = chunk_of(get_u16(fci + off), left);
        visit_chunk(&cursor, chunk, handler, arg);
        left -= chunk.count;
    }
    return 0;
}
