#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"

// What every page of a clinic is told whenever anything changes: with a hundred booths and lawyers
// that is ten thousand names a change. The first is told at once, then the newest of each quarter
// of a second; what it replaces is not missed, for it is the whole state. What is told late has no
// number: others with higher ones went before.

#define CROWD_US  250000
#define CROWD_FEW 16 // listeners: told each time

struct crowd {
    struct list link; // api.crowds
    struct api *api;
    struct loop_timer timer;
    char topic[CALLER_ID_MAX + 8];
    char *body; // waits; NULL: nothing
};

static void crowd_free(struct crowd *crowd)
{
    loop_timer_stop(crowd->api->config.loop, &crowd->timer);
    list_remove(&crowd->link);
    mem_free(crowd->body);
    mem_free(crowd);
}

static void turn(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct crowd *crowd = arg;
    (void)timer;
    if (!crowd->body) {
        crowd_free(crowd);
        return;
    }
    live_tell(crowd->api, crowd->topic, 0, "clinic", crowd->body);
    mem_free(crowd->body);
    crowd->body = NULL;
    if (loop_timer_start(crowd->api->config.loop, &crowd->timer, now_us + CROWD_US, turn, crowd))
        crowd_free(crowd);
}

static struct crowd *find(struct api *api, const char *topic)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->crowds)
    {
        struct crowd *crowd = container_of(pos, struct crowd, link);
        if (strcmp(crowd->topic, topic) == 0)
            return crowd;
    }
    return NULL;
}

// Without memory for it everything is told at once.
static void begin(struct api *api, const char *topic)
{
    struct crowd *crowd = mem_zalloc(sizeof(*crowd));
    if (!crowd)
        return;
    crowd->api = api;
    text_copy(crowd->topic, sizeof(crowd->topic), topic);
    list_append(&api->crowds, &crowd->link);
    if (loop_timer_start(api->config.loop, &crowd->timer, clock_us() + CROWD_US, turn, crowd))
        crowd_free(crowd);
}

void crowd_tell(struct api *api, const char *topic, int64_t n, const char *kind, const char *body)
{
    struct crowd *crowd = find(api, topic);
    char *copy = crowd ? mem_strdup(body) : NULL;
    if (copy) {
        mem_free(crowd->body);
        crowd->body = copy;
        return;
    }
    live_tell(api, topic, n, kind, body);
    if (!crowd && api->listener_count > CROWD_FEW)
        begin(api, topic);
}

void crowds_free(struct api *api)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->crowds) crowd_free(container_of(pos, struct crowd, link));
}
