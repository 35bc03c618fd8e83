#include "gateway/packet/twcc.h"

#include "gateway/base/bytes.h"
#include <errno.h>

#define PACKET_HEAD 20 // RTCP head, two SSRCs, base_seq, status_count, base_time, fb_count
#define RUN_MAX     8191
#define RUN_WORTH   14 // a run this long needs no more chunks than a vector would

enum symbol { SYMBOL_LOST, SYMBOL_SMALL, SYMBOL_LARGE };

// The part of the arrivals that goes into one packet.
struct plan {
    const struct twcc_arrival *arrivals;
    size_t count;     // statuses told
    int64_t base;     // in TWCC_BASE_US
    size_t chunk_max; // bytes of chunks at most
    size_t delta_len; // bytes of deltas
};

static int64_t tick_of(const struct twcc_arrival *arrival)
{
    return arrival->at_us / TWCC_TICK_US;
}

// Symbol of one status, given the time of the arrival before it in *tick, which moves on. False
// when the step does not fit 16 bits.
static bool classify(const struct twcc_arrival *arrival, int64_t *tick, enum symbol *symbol)
{
    *symbol = SYMBOL_LOST;
    if (!arrival->received)
        return true;
    int64_t delta = tick_of(arrival) - *tick;
    if (delta < INT16_MIN || delta > INT16_MAX)
        return false;
    *tick += delta;
    *symbol = delta >= 0 && delta <= UINT8_MAX ? SYMBOL_SMALL : SYMBOL_LARGE;
    return true;
}

static int64_t base_tick(const struct plan *plan)
{
    return plan->base * (TWCC_BASE_US / TWCC_TICK_US);
}

// Every chunk but the last tells at least seven statuses.
static size_t chunk_bytes(size_t statuses)
{
    return 2 * ((statuses + 6) / 7);
}

// How many statuses fit into `room` bytes, padding included.
static void measure(struct plan *plan, size_t count, size_t room)
{
    int64_t tick = base_tick(plan);
    enum symbol symbol;
    for (size_t i = 0; i < count && i < TWCC_STATUS_MAX; i++) {
        if (!classify(&plan->arrivals[i], &tick, &symbol))
            return;
        size_t deltas = plan->delta_len + symbol;
        if (PACKET_HEAD + chunk_bytes(i + 1) + deltas + 3 > room)
            return;
        plan->delta_len = deltas;
        plan->count = i + 1;
    }
}

static int make_plan(struct plan *plan, size_t count, size_t room)
{
    size_t first = 0;
    while (first < count && !plan->arrivals[first].received)
        first++;
    if (first == count || first >= TWCC_STATUS_MAX)
        return ENOENT;
    plan->base = plan->arrivals[first].at_us / TWCC_BASE_US;
    measure(plan, count, room);
    return plan->count > first ? 0 : EMSGSIZE;
}

// The next symbols to be written, at most RUN_WORTH ahead.
struct window {
    const struct plan *plan;
    size_t next; // status the window begins with
    int64_t tick;
    enum symbol symbols[RUN_WORTH];
    size_t len;
};

static void fill(struct window *win)
{
    for (; win->len < RUN_WORTH && win->next + win->len < win->plan->count; win->len++)
        classify(&win->plan->arrivals[win->next + win->len], &win->tick, &win->symbols[win->len]);
}

static void drop(struct window *win, size_t n)
{
    win->next += n;
    win->len -= n;
    for (size_t i = 0; i < win->len; i++)
        win->symbols[i] = win->symbols[i + n];
    fill(win);
}

static size_t run_in(const struct window *win)
{
    size_t run = 1;
    while (run < win->len && win->symbols[run] == win->symbols[0])
        run++;
    return run;
}

static bool has_large(const struct window *win)
{
    for (size_t i = 0; i < win->len; i++)
        if (win->symbols[i] == SYMBOL_LARGE)
            return true;
    return false;
}

static void put_run(struct writer *w, struct window *win)
{
    enum symbol symbol = win->symbols[0];
    unsigned run = 0;
    while (win->len && win->symbols[0] == symbol && run < RUN_MAX) {
        drop(win, 1);
        run++;
    }
    writer_u16(w, (uint16_t)(symbol << 13 | run));
}

static void put_vector(struct writer *w, struct window *win, unsigned bits)
{
    unsigned slots = 14 / bits;
    uint16_t word = bits == 1 ? 0x8000 : 0xC000;
    size_t told = win->len < slots ? win->len : slots;
    for (size_t i = 0; i < told; i++)
        word |= (uint16_t)(win->symbols[i] << (14 - bits * (i + 1)));
    writer_u16(w, word);
    drop(win, told);
}

static void put_chunks(struct writer *w, const struct plan *plan)
{
    struct window win = {.plan = plan, .tick = base_tick(plan)};
    fill(&win);
    while (win.len) {
        size_t run = run_in(&win);
        if (run == win.len || (run >= 7 && has_large(&win)))
            put_run(w, &win);
        else
            put_vector(w, &win, has_large(&win) ? 2 : 1);
    }
}

static void put_deltas(struct writer *w, const struct plan *plan)
{
    int64_t tick = base_tick(plan);
    for (size_t i = 0; i < plan->count; i++) {
        int64_t before = tick;
        enum symbol symbol;
        classify(&plan->arrivals[i], &tick, &symbol);
        if (symbol == SYMBOL_SMALL)
            writer_u8(w, (uint8_t)(tick - before));
        else if (symbol == SYMBOL_LARGE)
            writer_u16(w, (uint16_t)(tick - before));
    }
}

// Pads to 32 bits, RFC 3550 section 6.4.1, and fills in the head now that the length is known.
static void finish(struct writer *w, size_t start)
{
    uint8_t *packet = w->data + start;
    unsigned padding = (unsigned)(-(w->len - start) & 3);
    for (unsigned i = padding; i > 0; i--)
        writer_u8(w, i == 1 ? (uint8_t)padding : 0);
    packet[0] = (uint8_t)(0x80 | (padding ? 0x20 : 0) | TWCC_FORMAT);
    packet[1] = 205;
    put_u16(packet + 2, (uint16_t)((w->len - start) / 4 - 1));
}

int twcc_write(struct writer *w, const struct twcc_source *source,
               const struct twcc_arrival *arrivals, size_t count, size_t *taken)
{
    struct plan plan = {.arrivals = arrivals};
    *taken = 0;
    if (w->full)
        return EMSGSIZE;
    int err = make_plan(&plan, count, w->cap - w->len);
    if (err)
        return err;
    size_t start = w->len;
    writer_u32(w, 0);
    writer_u32(w, source->sender);
    writer_u32(w, source->media);
    writer_u16(w, source->base_seq);
    writer_u16(w, (uint16_t)plan.count);
    writer_u24(w, (uint32_t)plan.base & 0xFFFFFF);
    writer_u8(w, source->fb_count);
    put_chunks(w, &plan);
    put_deltas(w, &plan);
    finish(w, start);
    *taken = plan.count;
    return 0;
}
