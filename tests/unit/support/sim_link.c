#include "tests/unit/support/sim_link.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define STALL_EVERY_US 1000000

struct sim_link {
    struct sim_link_config config;
    struct sim_random random;
    bool bursting;
    int64_t free_us;                // the bottleneck is, from then on
    int64_t stall_us, stall_end_us; // when all stood still last
    double wander_from, wander_to;
    int64_t wander_us, wander_end_us, wander_due_us;
    size_t count;
    struct sim_packet flight[SIM_FLIGHT_MAX]; // the first to arrive is the last
    uint8_t *taken;
};

double sim_random(struct sim_random *random)
{
    uint64_t x = random->state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    random->state = x;
    return (double)(x >> 11) / 9007199254740992.0;
}

struct sim_link *sim_link_new(const struct sim_link_config *config, uint64_t seed)
{
    struct sim_link *link = calloc(1, sizeof(*link));
    assert(link);
    link->config = *config;
    link->random.state = seed * 2654435761u + 88172645463325252u;
    return link;
}

void sim_link_free(struct sim_link *link)
{
    for (size_t i = 0; i < link->count; i++)
        free(link->flight[i].data);
    free(link->taken);
    free(link);
}

struct sim_link_config *sim_link_config(struct sim_link *link)
{
    return &link->config;
}

int64_t sim_link_queue(const struct sim_link *link, int64_t now_us)
{
    return link->free_us > now_us ? link->free_us - now_us : 0;
}

static bool is_lost(struct sim_link *link)
{
    const struct sim_link_config *config = &link->config;
    double change = link->bursting ? config->burst_out : config->burst_in;
    if (sim_random(&link->random) < change)
        link->bursting = !link->bursting;
    return link->bursting || sim_random(&link->random) < config->loss;
}

static void fly(struct sim_link *link, struct sim_packet packet)
{
    size_t at = link->count;
    assert(link->count < SIM_FLIGHT_MAX);
    while (at > 0 && link->flight[at - 1].arrival_us <= packet.arrival_us)
        at--;
    memmove(&link->flight[at + 1], &link->flight[at], (link->count - at) * sizeof(link->flight[0]));
    if (packet.data) {
        uint8_t *copy = malloc(packet.len);
        assert(copy);
        packet.data = memcpy(copy, packet.data, packet.len);
    }
    link->flight[at] = packet;
    link->count++;
}

// Radio links that lose contact for a moment: then everything comes at once.
static int64_t stand_still(struct sim_link *link, int64_t at_us)
{
    if (at_us >= link->stall_us + STALL_EVERY_US) {
        double jitter = sim_random(&link->random) * (double)link->config.jitter_us;
        link->stall_us = at_us;
        link->stall_end_us = at_us + (int64_t)jitter;
    }
    return at_us < link->stall_end_us ? link->stall_end_us : at_us;
}

// From one random share of the jitter to the next, in a straight line.
static int64_t wander(struct sim_link *link, int64_t at_us)
{
    if (at_us >= link->wander_end_us) {
        link->wander_from = link->wander_to;
        link->wander_to = sim_random(&link->random);
        link->wander_us = at_us;
        link->wander_end_us = at_us + 100000 + (int64_t)(sim_random(&link->random) * 500000);
    }
    double passed = (double)(at_us - link->wander_us) /
                    (double)(link->wander_end_us - link->wander_us);
    double share = link->wander_from + (link->wander_to - link->wander_from) * passed;
    int64_t due_us = at_us + (int64_t)(share * (double)link->config.jitter_us);
    if (due_us < link->wander_due_us)
        due_us = link->wander_due_us;
    return link->wander_due_us = due_us;
}

static int64_t arrival(struct sim_link *link)
{
    const struct sim_link_config *config = &link->config;
    int64_t at_us = link->free_us + config->delay_us;
    if (config->wanders)
        return wander(link, at_us);
    if (config->ordered)
        return stand_still(link, at_us);
    return at_us + (int64_t)(sim_random(&link->random) * (double)config->jitter_us);
}

void sim_link_send(struct sim_link *link, const struct sim_packet *packet, int64_t now_us)
{
    struct sim_packet copy = *packet;
    const struct sim_link_config *config = &link->config;
    int64_t queue_us = sim_link_queue(link, now_us);
    if (config->rate && queue_us > config->queue_us)
        return;
    link->free_us = now_us + queue_us;
    if (config->rate)
        link->free_us += (int64_t)(packet->len * 8 * 1000000 / config->rate);
    bool twice = sim_random(&link->random) < config->twice;
    for (int i = 0; i < 1 + twice; i++) {
        copy.arrival_us = arrival(link);
        if (!is_lost(link))
            fly(link, copy);
    }
}

bool sim_link_take(struct sim_link *link, struct sim_packet *packet, int64_t now_us)
{
    free(link->taken);
    link->taken = NULL;
    if (!link->count || link->flight[link->count - 1].arrival_us > now_us)
        return false;
    *packet = link->flight[--link->count];
    link->taken = packet->data;
    return true;
}
