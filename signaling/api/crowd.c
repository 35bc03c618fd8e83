#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/api/telling.h"

// What every page of a clinic is told whenever anything changes: with a hundred booths and lawyers
// that is ten thousand names a change. So it is told at most four times a second, the newest only:
// what it replaces is not missed, for it is the whole state. And never to all at once, which would
// hold up everything else meanwhile: first what the two it is about are told, then a few pages,
// then whatever is waiting, then the next few. What is told so has no number: others with higher
// ones may have gone before.

#define CROWD_US  250000
#define CROWD_FEW 16 // listeners: all are told each time
#define SLICE     8  // listeners
#define SLICE_US  2000
#define KIND_MAX  16

struct crowd {
    struct list link; // api.crowds
    struct loop_timer timer;
    char topic[CALLER_ID_MAX + 8];
    char kind[KIND_MAX];
    char *body; // waits; NULL: nothing
    char *said; // some have been told; NULL: nothing
    struct telling telling;
    int64_t began_us;
};

static void end_round(struct crowd *crowd)
{
    telling_end(&crowd->telling);
    mem_free(crowd->said);
    crowd->said = NULL;
}

static void crowd_free(struct crowd *crowd)
{
    loop_timer_stop(crowd->telling.api->config.loop, &crowd->timer);
    list_remove(&crowd->link);
    end_round(crowd);
    mem_free(crowd->body);
    mem_free(crowd);
}

static void begin_round(struct crowd *crowd, int64_t now_us)
{
    crowd->said = crowd->body;
    crowd->body = NULL;
    crowd->began_us = now_us;
    crowd->telling = (struct telling){
        .api = crowd->telling.api, .topic = crowd->topic, .kind = crowd->kind, .body = crowd->said};
}

// Tells the next few. When the crowd is to be looked at again.
static int64_t tell_some(struct crowd *crowd, int64_t now_us)
{
    if (telling_some(&crowd->telling, SLICE))
        return now_us + SLICE_US;
    end_round(crowd);
    return crowd->began_us + CROWD_US;
}

static void turn(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct crowd *crowd = arg;
    (void)timer;
    if (!crowd->said && !crowd->body) {
        crowd_free(crowd);
        return;
    }
    if (!crowd->said)
        begin_round(crowd, now_us);
    int64_t next_us = tell_some(crowd, now_us);
    if (loop_timer_start(crowd->telling.api->config.loop, &crowd->timer, next_us, turn, crowd))
        crowd_free(crowd);
}

static struct crowd *find(struct api *api, const char *topic, const char *kind)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->crowds)
    {
        struct crowd *crowd = container_of(pos, struct crowd, link);
        if (strcmp(crowd->topic, topic) == 0 && strcmp(crowd->kind, kind) == 0)
            return crowd;
    }
    return NULL;
}

static struct crowd *crowd_new(struct api *api, const char *topic, const char *kind)
{
    struct crowd *crowd = mem_zalloc(sizeof(*crowd));
    if (!crowd)
        return NULL;
    crowd->telling.api = api;
    text_copy(crowd->topic, sizeof(crowd->topic), topic);
    text_copy(crowd->kind, sizeof(crowd->kind), kind);
    list_append(&api->crowds, &crowd->link);
    if (loop_timer_start(api->config.loop, &crowd->timer, clock_us() + SLICE_US, turn, crowd) == 0)
        return crowd;
    crowd_free(crowd);
    return NULL;
}

// Without memory for it everybody is told at once.
void crowd_tell(struct api *api, const char *topic, int64_t n, const char *kind, const char *body)
{
    struct crowd *crowd = find(api, topic, kind);
    if (!crowd && api->listener_count > CROWD_FEW)
        crowd = crowd_new(api, topic, kind);
    char *copy = crowd ? mem_strdup(body) : NULL;
    if (!copy) {
        telling_all(api, topic, n, kind, body);
        return;
    }
    mem_free(crowd->body);
    crowd->body = copy;
}

void crowds_free(struct api *api)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->crowds) crowd_free(container_of(pos, struct crowd, link));
}
