#include "gateway/rooms/shard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/rooms/bridge.h"
#include "gateway/rooms/congestion.h"
#include "gateway/rooms/listen.h"
#include "gateway/rooms/port_end.h"
#include "gateway/rooms/session.h"
#include "gateway/rooms/tcp.h"
#include "gateway/rooms/udp.h"

static bool session_matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, struct session, by_id)->id, key) == 0;
}

static bool ufrag_matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, struct session_ufrag, node)->text, key) == 0;
}

static void serve_inbox(struct shard *shard, int64_t now_us)
{
    struct msg *msg = inbox_take(shard->config.inboxes[shard->config.index]);
    while (msg) {
        struct msg *next = msg->next;
        shard_message(shard, msg, now_us);
        msg = next;
    }
}

static void on_inbox(void *arg, uint32_t events, int64_t now_us)
{
    (void)events;
    serve_inbox(arg, now_us);
}

// Only wakes the loop: sending comes with the turn's end.
static void on_pace(struct loop_timer *timer, void *arg, int64_t now_us)
{
    (void)timer;
    (void)arg;
    (void)now_us;
}

static void on_turn(void *arg, int64_t now_us)
{
    struct shard *shard = arg;
    feed_flush(shard, now_us);
    egress_turn(shard->egress);
    int64_t more_us = egress_deadline(shard->egress);
    if (more_us != INT64_MAX)
        loop_timer_start(shard->loop, &shard->pace, more_us, on_pace, shard);
    shard_bury(shard, now_us);
}

static void init_lists(struct shard *shard)
{
    list_init(&shard->dying);
    list_init(&shard->dying_ports);
    list_init(&shard->feeds_waiting);
    list_init(&shard->feeds_closed);
}

static int alloc_tables(struct shard *shard)
{
    int err = map_alloc(&shard->sessions, session_matches);
    if (!err)
        err = map_alloc(&shard->ufrags, ufrag_matches);
    if (!err)
        err = path_table_alloc(&shard->paths);
    if (!err)
        err = port_table_alloc(&shard->ports);
    if (!err)
        err = directory_alloc(&shard->directory);
    if (!err)
        err = congestion_alloc(&shard->congestion);
    return err;
}

static int alloc_parts(struct shard *shard)
{
    shard->offer = mem_zalloc(sizeof(*shard->offer));
    shard->fragment = mem_zalloc(sizeof(*shard->fragment));
    int err = shard->offer && shard->fragment ? 0 : ENOMEM;
    if (!err)
        err = packet_pools_alloc(&shard->packets, SHARD_PACKETS);
    if (!err)
        err = ice_agent_alloc(&shard->agent, session_lookup, shard);
    if (!err)
        err = egress_alloc(&shard->egress, &shard->stats.drops);
    if (!err)
        err = udp_alloc(&shard->udp, shard);
    if (!err)
        err = tcp_alloc(&shard->tcp, shard);
    return err;
}

int shard_alloc(struct shard **shardp, const struct shard_config *config)
{
    int err;
    if (!shardp || !config || config->index >= config->count || config->count > SHARDS_MAX)
        return EINVAL;
    struct shard *shard = mem_zalloc(sizeof(*shard));
    if (!shard)
        return ENOMEM;
    shard->config = *config;
    init_lists(shard);
    err = loop_alloc(&shard->loop);
    if (!err)
        err = alloc_tables(shard);
    if (!err)
        err = alloc_parts(shard);
    if (!err)
        err = listen_all(shard);
    if (!err)
        err = loop_fd_add(shard->loop, inbox_fd(config->inboxes[config->index]), EPOLLIN, on_inbox,
                          shard);
    if (err) {
        shard_free(shard);
    } else {
        loop_set_turn(shard->loop, on_turn, shard);
        *shardp = shard;
    }
    return err;
}

static void *run(void *arg)
{
    struct shard *shard = arg;
    char name[16];
    snprintf(name, sizeof(name), "shard-%u", shard->config.index);
    pthread_setname_np(pthread_self(), name);
    loop_run(shard->loop);
    return NULL;
}

// Signals are for the main thread.
int shard_start(struct shard *shard)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int err = pthread_create(&shard->thread, NULL, run, shard);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    shard->running = !err;
    return err;
}

void shard_join(struct shard *shard)
{
    if (shard->running)
        pthread_join(shard->thread, NULL);
    shard->running = false;
}

// What other shards publish is known here to the end.
static void forget(void *arg, struct publication *publication)
{
    struct shard *shard = arg;
    replica_free(publication);
    directory_unpublish(shard->directory, publication, 0);
}

static void free_parts(struct shard *shard)
{
    tcp_free(shard->tcp);
    udp_free(shard->udp);
    egress_free(shard->egress);
    ice_agent_free(shard->agent);
    packet_pools_free(&shard->packets);
    directory_free(shard->directory);
    congestion_free(shard->congestion);
    map_free(shard->sessions);
    map_free(shard->ufrags);
    map_free(shard->paths);
    map_free(shard->ports);
    mem_free(shard->offer);
    mem_free(shard->fragment);
}

void shard_free(struct shard *shard)
{
    if (!shard)
        return;
    if (shard->sessions && shard->ports)
        shard_end_all(shard, clock_us());
    shard_bury(shard, clock_us());
    if (shard->directory)
        directory_each(shard->directory, forget, shard);
    feed_forget_closed(shard);
    free_parts(shard);
    loop_free(shard->loop);
    mem_free(shard);
}
