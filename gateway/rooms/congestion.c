#include "gateway/rooms/congestion.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/map.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/rooms.h"

#define SENT_WINDOW_US  300000LL // what is sent is measured over this
#define SOUND_WINDOW_US 1000000LL
#define SOUND_RATE      40000u // while nothing is measured
#define FADE            0.995  // of a rate once seen, from tick to tick
#define LAYER_RATE      50000u // likewise
// A publisher who is held back minds his own way to us, which often is as good or bad as the
// viewer's: only what he cannot see is minded here, and his one layer is not worth a keyframe.
#define HELD_SPARE_US 270000LL
#define HELD_FILLS    0.6 // of what he is told: he would send more

struct congestion {
    struct map *paths; // congestion_path.node
};

struct path_key {
    char participant[ROOMS_ID_MAX];
    struct addr host;
};

struct congestion_path {
    struct map_node node;
    struct path_key key;
    struct list flows; // congestion_flow.link
    struct budget budget;
    struct rate sent;               // of all flows
    struct congestion_flow *probes; // the cluster goes on it; NULL: none
};

static bool path_matches(const struct map_node *node, const void *key)
{
    const struct path_key *a = &container_of(node, struct congestion_path, node)->key, *b = key;
    return strcmp(a->participant, b->participant) == 0 && addr_equal_host(&a->host, &b->host);
}

int congestion_alloc(struct congestion **congestionp)
{
    struct congestion *congestion = mem_zalloc(sizeof(*congestion));
    if (!congestion)
        return ENOMEM;
    int err = map_alloc(&congestion->paths, path_matches);
    if (err)
        congestion_free(congestion);
    else
        *congestionp = congestion;
    return err;
}

void congestion_free(struct congestion *congestion)
{
    if (!congestion)
        return;
    map_free(congestion->paths);
    mem_free(congestion);
}

// --- who goes which way -------------------------------------------------------------------------

static struct congestion_path *enter(struct congestion *congestion, const struct path_key *key,
                                     int64_t now_us)
{
    uint64_t hash = map_hash(key->participant, strlen(key->participant));
    struct map_node *node = map_find(congestion->paths, hash, key);
    if (node)
        return container_of(node, struct congestion_path, node);
    struct congestion_path *path = mem_zalloc(sizeof(*path));
    if (!path)
        return NULL;
    path->key = *key;
    list_init(&path->flows);
    budget_init(&path->budget, now_us);
    map_insert(congestion->paths, &path->node, hash);
    return path;
}

int congestion_join(struct congestion *congestion, struct congestion_flow *flow,
                    const struct congestion_config *config, int64_t now_us)
{
    struct path_key key = {.host = config->outlet->path.remote};
    text_copy(key.participant, sizeof(key.participant), config->participant);
    struct congestion_path *path = enter(congestion, &key, now_us);
    if (!path)
        return ENOMEM;
    flow->path = path;
    flow->ops = config->ops;
    flow->outlet = config->outlet;
    flow->counted = config->counted;
    flow->sound.class = ALLOCATE_SPEECH;
    flow->picture.class = ALLOCATE_FACES;
    list_append(&path->flows, &flow->link);
    estimate_add(&path->budget.estimate, &flow->estimate);
    allocate_add(&path->budget.allocation, &flow->sound);
    allocate_add(&path->budget.allocation, &flow->picture);
    return 0;
}

void congestion_leave(struct congestion *congestion, struct congestion_flow *flow)
{
    struct congestion_path *path = flow->path;
    if (!path)
        return;
    flow->path = NULL;
    flow->outlet->pace_rate = 0;
    list_remove(&flow->link);
    estimate_remove(&flow->estimate);
    allocate_remove(&flow->sound);
    allocate_remove(&flow->picture);
    if (path->probes == flow) {
        path->probes = NULL;
        path->budget.probe = (struct probe){0};
    }
    if (!list_empty(&path->flows))
        return;
    map_remove(congestion->paths, &path->node);
    mem_free(path);
}

static struct congestion_flow *flow_at(struct list *at)
{
    return container_of(at, struct congestion_flow, link);
}

// --- what there is to give to -------------------------------------------------------------------

// The layers may have moved in the list: goes on with the one that was given.
static int place_of(const struct congestion_flow *flow, const struct layer_list *list)
{
    if (flow->paused)
        return ALLOCATE_PAUSED;
    if (!flow->aims)
        return ALLOCATE_LAYERS_MAX;
    int place = layers_find(list, &flow->aimed);
    if (place >= 0)
        return place;
    place = (int)list->count - 1;
    while (place > 0 && list->layer[place].rate > flow->aimed.rate)
        place--;
    return place;
}

// What a layer may take again: a still picture, or a publisher short of breath, is less for a
// while.
static uint64_t peak_of(const struct congestion_flow *flow, const struct layer *layer)
{
    int before = layers_find(&flow->peaks, layer);
    uint64_t faded = before < 0 ? 0 : (uint64_t)((double)flow->peaks.layer[before].rate * FADE);
    return layer->rate > faded ? layer->rate : faded;
}

// What is shown counts as what it is, what is better as what it was at its most.
static void fill_picture(struct congestion_flow *flow, struct congestion_look *look)
{
    struct allocate_stream *picture = &flow->picture;
    struct layer_list peaks = look->layers;
    uint64_t least = LAYER_RATE; // they rise
    picture->class = look->class;
    picture->count = picture->most = peaks.count;
    picture->layer = place_of(flow, &look->layers);
    for (unsigned i = 0; i < peaks.count; i++) {
        struct layer *layer = &peaks.layer[i];
        layer->rate = peak_of(flow, layer);
        uint64_t rate = (int)i > picture->layer ? layer->rate : look->layers.layer[i].rate;
        picture->rate[i] = least = rate > least ? rate : least;
    }
    flow->peaks = peaks;
    if (look->held && picture->rate[0] > CONGESTION_HELD_MIN)
        picture->rate[0] = CONGESTION_HELD_MIN; // it becomes what fits
}

static void fill_sound(struct congestion_flow *flow, const struct congestion_look *look)
{
    uint64_t rate = rate_newest(&flow->sound_rate, SOUND_WINDOW_US);
    flow->sound.count = flow->sound.most = look->sound;
    flow->sound.rate[0] = rate ? rate : SOUND_RATE;
}

static void look_at(struct congestion_flow *flow, int64_t now_us)
{
    struct congestion_look look = {0};
    struct congestion_path *path = flow->path;
    flow->ops->look(flow, now_us, &look);
    uint64_t sound = look.sound_bytes - flow->seen.sound_bytes;
    uint64_t again = look.again - flow->seen.again;
    rate_add(&flow->sound_rate, sound, now_us);
    rate_add(&path->sent, sound + again + look.bytes - flow->seen.bytes, now_us);
    if (again)
        budget_again(&path->budget, again, now_us);
    flow->seen = look;
    int64_t spare_us = budget_spare(&path->budget, now_us);
    flow->estimate.queueing.spare_us = spare_us + (look.held ? HELD_SPARE_US : 0);
    fill_sound(flow, &look);
    fill_picture(flow, &look);
}

// --- what each is given -------------------------------------------------------------------------

static void aim(struct congestion_flow *flow, struct budget *budget, int64_t now_us)
{
    const struct layer_list *list = &flow->seen.layers;
    int place = flow->picture.layer;
    if (!list->count) { // nothing to show, or the viewer wants none: begins anew
        flow->aims = flow->paused = false;
        return;
    }
    if (place < 0) {
        if (!flow->paused)
            flow->ops->aim(flow, NULL, SUB_PAUSED_NETWORK, now_us);
        flow->paused = true;
        return;
    }
    const struct layer *wanted = &list->layer[place];
    bool cut = budget->cut && !flow->seen.held && !flow->paused;
    if (cut) {
        flow->ops->cut(flow, wanted, now_us);
        budget_was_cut(budget, now_us);
    } else if (flow->paused || !flow->aims || !layer_same(wanted, &flow->aimed)) {
        flow->ops->aim(flow, wanted, SUB_NOT_PAUSED, now_us);
    }
    flow->aimed = *wanted;
    flow->aims = true;
    flow->paused = false;
}

// Its part of the path's pace, by what it is given.
static void pace(struct congestion_flow *flow, const struct budget *budget)
{
    const struct allocate_stream *picture = &flow->picture;
    uint64_t own = flow->sound.count ? flow->sound.rate[0] : 0;
    if (picture->layer >= 0 && (unsigned)picture->layer < picture->count)
        own += picture->rate[picture->layer];
    uint64_t all = budget->allocation.given;
    if (!flow->counted && !budget->estimate.lowered)
        flow->outlet->pace_rate = 0; // nothing is known of the path, and nothing bad
    else if (flow->path->probes == flow)
        flow->outlet->pace_rate = budget->probe.rate;
    else if (own && own < all)
        flow->outlet->pace_rate = (uint64_t)((double)budget->pace * (double)own / (double)all);
    else
        flow->outlet->pace_rate = budget->pace;
}

static bool fills_room(const struct congestion_flow *flow, int64_t now_us)
{
    uint64_t room = budget_room(&flow->path->budget, &flow->picture, now_us);
    return (double)flow->seen.layers.layer[0].rate >= HELD_FILLS * (double)room;
}

// A held publisher sends what he is told; only probes show that there is more. One who
// sends less is held by something else.
static uint64_t wanted_by_held(const struct congestion_path *path, int64_t now_us)
{
    const struct list *head = &path->flows;
    for (const struct list *at = head->next; at != head; at = at->next) {
        const struct congestion_flow *flow = container_of(at, struct congestion_flow, link);
        if (flow->seen.held && flow->picture.layer >= 0 && path->budget.estimate.lowered &&
            fills_room(flow, now_us))
            return CONGESTION_HELD_MAX;
    }
    return 0;
}

static void try_probe(struct congestion_path *path, int64_t now_us)
{
    struct probe *probe = &path->budget.probe;
    uint16_t first;
    unsigned count = 0;
    if (!probe->running)
        path->probes = NULL;
    if (!budget_probe(&path->budget, wanted_by_held(path, now_us), now_us))
        return;
    struct list *at, *tmp;
    list_each(at, tmp, &path->flows)
    {
        struct congestion_flow *flow = flow_at(at);
        if (!flow->counted || flow->outlet->queued_bytes)
            continue;
        count = flow->ops->probe(flow, probe->bytes, &first);
        if (!count)
            continue;
        path->probes = flow;
        break;
    }
    probe_begin(probe, count ? first : 0);
    probe_sent(probe, count ? (uint16_t)(first + count) : 0, now_us);
}

// Where nobody can be probed, it grows by itself.
static bool is_blind(struct congestion_path *path)
{
    struct list *at, *tmp;
    list_each(at, tmp, &path->flows) if (flow_at(at)->counted) return false;
    return true;
}

static void tick(struct congestion_path *path, int64_t now_us)
{
    struct budget *budget = &path->budget;
    struct list *at, *tmp;
    list_each(at, tmp, &path->flows) look_at(flow_at(at), now_us);
    budget->estimate.blind = is_blind(path);
    budget_tick(budget, rate_newest(&path->sent, SENT_WINDOW_US), now_us);
    try_probe(path, now_us);
    list_each(at, tmp, &path->flows)
    {
        pace(flow_at(at), budget); // first: what is aimed at may be sent a group of pictures
        aim(flow_at(at), budget, now_us);
    }
}

void congestion_tick(struct congestion_flow *flow, int64_t now_us)
{
    if (flow->path && budget_due(&flow->path->budget, now_us))
        tick(flow->path, now_us);
}

void congestion_renew(struct congestion_flow *flow, int64_t now_us)
{
    flow->aims = false;
    if (flow->path)
        flow->path->budget.tick_us = now_us;
}

// --- what is told -------------------------------------------------------------------------------

void congestion_row(struct congestion_flow *flow, const struct sent_row *row)
{
    if (!flow->path)
        return;
    estimate_row(&flow->estimate, row);
    if (flow->path->probes == flow)
        probe_row(&flow->path->budget.probe, row);
}

void congestion_told(struct congestion_flow *flow, int64_t rtt_us, int64_t now_us)
{
    if (!flow->path)
        return;
    estimate_told(&flow->estimate, rtt_us, now_us);
    probe_judge(&flow->path->budget.probe, &flow->path->budget.estimate, now_us);
    congestion_tick(flow, now_us);
}

void congestion_report(struct congestion_flow *flow, const struct estimate_report *report,
                       int64_t now_us)
{
    if (!flow->path || flow->counted)
        return;
    estimate_report(&flow->estimate, report, now_us);
    congestion_tick(flow, now_us);
}

// --- what others ask ----------------------------------------------------------------------------

uint64_t congestion_room(const struct congestion_flow *flow, int64_t now_us)
{
    if (!flow->path || !flow->path->budget.estimate.lowered)
        return UINT64_MAX;
    uint64_t room = budget_room(&flow->path->budget, &flow->picture, now_us);
    if (room >= CONGESTION_HELD_MAX)
        return UINT64_MAX;
    room = room > CONGESTION_HELD_MIN ? room : CONGESTION_HELD_MIN;
    return room + (flow->sound.count ? flow->sound.rate[0] : 0);
}

bool congestion_crowded(const struct congestion_flow *flow)
{
    const struct estimate *estimate = flow->path ? &flow->path->budget.estimate : NULL;
    return estimate && estimate->lowered && estimate->bitrate < ALLOCATE_FLOOR;
}

uint64_t congestion_estimate(const struct congestion_flow *flow)
{
    return flow->path ? flow->path->budget.estimate.bitrate : 0;
}
