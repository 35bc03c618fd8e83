#include "gateway/feedback/allocate.h"

#define ROOM        1.1       // of a layer's rate, to step up to it
#define STAY        0.95      // likewise, to stay: rates are measured and waver
#define FAILED_US   5000000LL // taken back so soon, a step up has failed
#define FAILED      0.9       // of the rate that failed: the same again
#define HOLD_US     2000000LL
#define HOLD_MAX_US 8000000LL
#define FORGIVEN_US 30000000LL // without a failure for so long, those before do not count
#define LONG_AGO_US (INT64_MIN / 2)

void allocate_init(struct allocation *allocation)
{
    *allocation = (struct allocation){0};
    list_init(&allocation->streams);
}

void allocate_add(struct allocation *allocation, struct allocate_stream *stream)
{
    stream->layer = ALLOCATE_LAYERS_MAX;
    stream->hold_us = HOLD_US;
    stream->up_us = stream->until_us = stream->failed_us = stream->lowered_us = LONG_AGO_US;
    list_append(&allocation->streams, &stream->link);
}

void allocate_remove(struct allocate_stream *stream)
{
    list_remove(&stream->link);
}

static struct allocate_stream *stream_at(struct list *at)
{
    return container_of(at, struct allocate_stream, link);
}

static int best_of(const struct allocate_stream *stream)
{
    unsigned most = stream->most < stream->count ? stream->most : stream->count;
    return (int)most - 1;
}

// What layer `layer` counts as, in bits of the budget.
static uint64_t cost(const struct allocate_stream *stream, int layer)
{
    if (layer < 0)
        return 0;
    double weight = layer > stream->layer ? ROOM : STAY;
    return (uint64_t)((double)stream->rate[layer] * weight);
}

// Soon after a step down nothing is raised; to what failed, not for longer.
static bool has_to_wait(const struct allocate_stream *stream, int layer, int64_t now_us)
{
    bool failed = (double)stream->rate[layer] > FAILED * (double)stream->failed_rate;
    if (layer == 0) // no picture is worse; that there is room for one is hard enough
        return false;
    return now_us - stream->lowered_us < HOLD_US || (failed && now_us < stream->until_us);
}

// One step up for this stream, if the budget has it.
static bool step(struct allocate_stream *stream, uint64_t *left, int64_t now_us)
{
    int to = stream->next + 1;
    if (to > best_of(stream))
        return false;
    if (to > stream->layer && has_to_wait(stream, to, now_us))
        return false;
    uint64_t more = cost(stream, to) - cost(stream, stream->next);
    if (cost(stream, to) < cost(stream, stream->next))
        more = 0;
    if (more > *left)
        return false;
    *left -= more;
    stream->next = to;
    return true;
}

// True when any stream of the class took a step.
static bool each_of(struct allocation *allocation, enum allocate_class class, uint64_t *left,
                    int64_t now_us)
{
    bool any = false;
    for (struct list *at = allocation->streams.next; at != &allocation->streams; at = at->next)
        if (stream_at(at)->class == class)
            any |= step(stream_at(at), left, now_us);
    return any;
}

static void speak(struct allocation *allocation, uint64_t *left)
{
    for (struct list *at = allocation->streams.next; at != &allocation->streams; at = at->next) {
        struct allocate_stream *stream = stream_at(at);
        stream->next = ALLOCATE_PAUSED;
        if (stream->class != ALLOCATE_SPEECH || best_of(stream) < 0)
            continue;
        stream->next = best_of(stream);
        uint64_t rate = stream->rate[stream->next];
        *left -= rate < *left ? rate : *left;
    }
}

static void show(struct allocation *allocation, uint64_t left, int64_t now_us)
{
    for (unsigned class = ALLOCATE_SLIDES; class < ALLOCATE_CLASSES; class ++)
        each_of(allocation, class, &left, now_us);
    for (unsigned class = ALLOCATE_SLIDES; class < ALLOCATE_CLASSES; class ++)
        while (each_of(allocation, class, &left, now_us))
            ;
}

static void keep(struct allocation *allocation)
{
    for (struct list *at = allocation->streams.next; at != &allocation->streams; at = at->next) {
        struct allocate_stream *stream = stream_at(at);
        int had = stream->layer < best_of(stream) ? stream->layer : best_of(stream);
        if (stream->layer == ALLOCATE_LAYERS_MAX) // it had nothing yet
            had = ALLOCATE_PAUSED;
        if (!allocation->known)
            had = best_of(stream);
        if (stream->next < had)
            stream->next = had;
    }
}

// A step up fails once, however many steps down follow.
static void lowered(struct allocate_stream *stream, int64_t now_us)
{
    bool failed = now_us - stream->up_us < FAILED_US;
    stream->lowered_us = now_us;
    if (!failed)
        return;
    stream->failed_us = now_us;
    stream->failed_rate = stream->rate[stream->layer];
    stream->until_us = now_us + stream->hold_us;
    stream->up_us = LONG_AGO_US;
    if (stream->hold_us < HOLD_MAX_US)
        stream->hold_us *= 2;
}

// A step up that had to be taken back soon is not tried again so soon.
static void remember(struct allocation *allocation, struct allocate_stream *stream, int64_t now_us)
{
    if (stream->layer == ALLOCATE_LAYERS_MAX) // it was the first decision
        return;
    if (stream->next > stream->layer) {
        if (now_us - stream->failed_us > FORGIVEN_US)
            stream->hold_us = HOLD_US;
        stream->up_us = allocation->raised_us = now_us;
    } else if (stream->next < stream->layer && stream->next < best_of(stream)) {
        lowered(stream, now_us);
    }
}

static void settle(struct allocation *allocation, int64_t now_us)
{
    uint64_t better = 0;
    allocation->given = 0;
    for (struct list *at = allocation->streams.next; at != &allocation->streams; at = at->next) {
        struct allocate_stream *stream = stream_at(at);
        remember(allocation, stream, now_us);
        stream->layer = stream->next;
        if (stream->layer >= 0)
            allocation->given += stream->rate[stream->layer];
        if (stream->layer >= best_of(stream))
            continue;
        uint64_t more = (uint64_t)((double)stream->rate[stream->layer + 1] * ROOM);
        uint64_t now = stream->layer >= 0 ? stream->rate[stream->layer] : 0;
        more -= now < more ? now : more;
        if (!better || more < better)
            better = more;
    }
    allocation->wanted = better ? allocation->given + better : 0;
    if (better && allocation->wanted < ALLOCATE_RESUME)
        allocation->wanted = ALLOCATE_RESUME;
}

void allocate(struct allocation *allocation, uint64_t budget, bool bad, int64_t now_us)
{
    uint64_t left = budget;
    if (allocation->estimate < ALLOCATE_FLOOR)
        allocation->bare = true;
    else if (allocation->estimate >= ALLOCATE_RESUME)
        allocation->bare = false;
    speak(allocation, &left);
    if (!allocation->bare)
        show(allocation, left, now_us);
    if (!bad)
        keep(allocation);
    settle(allocation, now_us);
}
