#include "gateway/rooms/rooms.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/rooms/control.h"

static const char *const source_names[ROOMS_SOURCE_COUNT] = {
    [ROOMS_CAMERA] = "camera",
    [ROOMS_SCREEN] = "screen",
    [ROOMS_DOCUMENT] = "document",
    [ROOMS_HALL] = "hall",
};

const char *rooms_source_name(enum rooms_source source)
{
    return (unsigned)source < ROOMS_SOURCE_COUNT ? source_names[source] : "";
}

int rooms_source_parse(const char *name, enum rooms_source *source)
{
    for (unsigned i = 0; name && i < ROOMS_SOURCE_COUNT; i++)
        if (strcmp(name, source_names[i]) == 0) {
            *source = (enum rooms_source)i;
            return 0;
        }
    return ENOENT;
}

static unsigned shards_of(const struct rooms_config *config)
{
    long count = config->shards ? (long)config->shards : sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1)
        return 1;
    return count > SHARDS_MAX ? SHARDS_MAX : (unsigned)count;
}

static int take_addresses(struct rooms *rooms, const struct rooms_config *config)
{
    for (unsigned i = 0; i < ROOMS_ADDRESSES_MAX; i++)
        if (config->advertise[i] && address_list_add_text(&rooms->advertise, config->advertise[i]))
            return EINVAL;
    return 0;
}

static int alloc_inboxes(struct rooms *rooms)
{
    int err = inbox_alloc(&rooms->inbox);
    if (!err)
        err = inbox_alloc(&rooms->agents_inbox);
    for (unsigned i = 0; !err && i < rooms->shard_count; i++) {
        err = inbox_alloc(&rooms->inboxes[i]);
        rooms->stops[i] = message_alloc(MESSAGE_STOP, sizeof(struct msg));
        if (!rooms->stops[i])
            err = ENOMEM;
    }
    return err;
}

// The agent thread is only started when somebody needs it.
static int prepare_agents(struct rooms *rooms, const struct rooms_config *config)
{
    rooms->full_ice = config->full_ice;
    rooms->agents_config = (struct agents_config){.shards = rooms->inboxes,
                                                  .control = rooms->inbox,
                                                  .inbox = rooms->agents_inbox,
                                                  .listen = {config->listen[0], config->listen[1]},
                                                  .credential = config->credential,
                                                  .arg = config->credential_arg};
    int err = ice_server_parse_stun(&rooms->agents_config.stun, config->stun);
    return err ? err : ice_server_parse_turn(&rooms->agents_config.turn, config->turn);
}

static int alloc_shards(struct rooms *rooms, const struct rooms_config *config)
{
    int err = 0;
    for (unsigned i = 0; !err && i < rooms->shard_count; i++) {
        struct shard_config of = {
            .index = i,
            .count = rooms->shard_count,
            .inboxes = rooms->inboxes,
            .control = rooms->inbox,
            .agents = rooms->agents_inbox,
            .certificate = rooms->certificate,
            .listen = config->listen,
            .port = config->port ? (uint16_t)(config->port + i) : 0,
            .advertise = &rooms->advertise,
        };
        err = shard_alloc(&rooms->shards[i], &of);
    }
    for (unsigned i = 0; !err && i < rooms->shard_count; i++)
        err = shard_start(rooms->shards[i]);
    return err;
}

static void on_inbox(void *arg, uint32_t events, int64_t now_us)
{
    (void)events;
    control_serve(arg, now_us);
}

int rooms_alloc(struct rooms **roomsp, const struct rooms_config *config,
                const struct rooms_handlers *handlers, void *arg, struct loop *loop)
{
    int err;
    if (!roomsp || !config || !handlers || !loop ||
        (config->port && config->port > UINT16_MAX - SHARDS_MAX))
        return EINVAL;
    struct rooms *rooms = mem_zalloc(sizeof(*rooms));
    if (!rooms)
        return ENOMEM;
    rooms->handlers = *handlers;
    rooms->arg = arg;
    rooms->loop = loop;
    rooms->sessions_max = config->sessions_max;
    rooms->shard_count = shards_of(config);
    err = take_addresses(rooms, config);
    if (!err)
        err = alloc_inboxes(rooms);
    if (!err)
        err = prepare_agents(rooms, config);
    if (!err)
        err = roster_alloc(&rooms->roster);
    if (!err)
        err = certificate_alloc(&rooms->certificate);
    if (!err)
        err = alloc_shards(rooms, config);
    if (!err)
        err = loop_fd_add(loop, inbox_fd(rooms->inbox), EPOLLIN, on_inbox, rooms);
    if (err)
        rooms_free(rooms);
    else
        *roomsp = rooms;
    return err;
}

static void stop_timer(struct map_node *node, void *arg)
{
    struct roster_room *room = container_of(node, struct roster_room, node);
    loop_timer_stop(arg, &room->timer);
}

static void drain(struct inbox *inbox)
{
    struct msg *msg = inbox ? inbox_take(inbox) : NULL;
    while (msg) {
        struct msg *next = msg->next;
        message_free(msg);
        msg = next;
    }
    inbox_free(inbox);
}

static void stop_shards(struct rooms *rooms)
{
    for (unsigned i = 0; i < rooms->shard_count; i++)
        if (rooms->shards[i] && rooms->shards[i]->running) {
            inbox_push(rooms->inboxes[i], rooms->stops[i]);
            rooms->stops[i] = NULL;
        }
    for (unsigned i = 0; i < rooms->shard_count; i++)
        if (rooms->shards[i])
            shard_join(rooms->shards[i]);
}

// What the agent thread passed on to a shard that had stopped: somebody waits for an answer.
static void refuse_unserved(struct rooms *rooms, struct inbox *inbox)
{
    struct msg *msg = inbox ? inbox_take(inbox) : NULL;
    while (msg) {
        struct msg *next = msg->next;
        if (msg->kind == MESSAGE_OPEN) {
            ((struct message_open *)msg)->status = 503;
            msg->kind = MESSAGE_ANSWER;
        } else if (msg->kind == MESSAGE_LINE_RESTART) {
            ((struct message_request *)msg)->result = ROOMS_NO_SESSION;
            msg->kind = MESSAGE_RESULT;
        }
        bool owed = msg->kind == MESSAGE_ANSWER || msg->kind == MESSAGE_RESULT;
        inbox_push(owed ? rooms->inbox : inbox, msg);
        msg = next;
    }
}

void rooms_free(struct rooms *rooms)
{
    if (!rooms)
        return;
    rooms->freeing = true;
    stop_shards(rooms);
    agents_free(rooms->agents);
    for (unsigned i = 0; i < rooms->shard_count; i++)
        refuse_unserved(rooms, rooms->inboxes[i]);
    if (rooms->inbox) {
        loop_fd_remove(rooms->loop, inbox_fd(rooms->inbox));
        control_serve(rooms, clock_us()); // answers that are still owed
    }
    for (unsigned i = 0; i < rooms->shard_count; i++)
        shard_free(rooms->shards[i]);
    for (unsigned i = 0; i < rooms->shard_count; i++) {
        drain(rooms->inboxes[i]);
        message_free(rooms->stops[i]);
    }
    drain(rooms->inbox);
    drain(rooms->agents_inbox);
    if (rooms->roster)
        roster_each_room(rooms->roster, stop_timer, rooms->loop);
    roster_free(rooms->roster);
    certificate_free(rooms->certificate);
    mem_free(rooms);
}

uint16_t rooms_port(const struct rooms *rooms)
{
    return rooms->shards[0]->port;
}

struct look {
    void (*each)(void *arg, const struct rooms_publication *);
    void *arg;
};

static void look_into(struct map_node *node, void *arg)
{
    const struct look *look = arg;
    const struct list *head = &container_of(node, struct roster_room, node)->publications;
    for (const struct list *at = head->next; at != head; at = at->next)
        look->each(look->arg, &container_of(at, struct roster_publication, link)->info);
}

void rooms_publications(struct rooms *rooms, const char *room,
                        void (*each)(void *arg, const struct rooms_publication *), void *arg)
{
    struct look look = {each, arg};
    struct roster_room *found = room ? roster_find_room(rooms->roster, room) : NULL;
    if (found)
        look_into(&found->node, &look);
    else if (!room)
        roster_each_room(rooms->roster, look_into, &look);
}

unsigned rooms_viewers(const struct rooms *rooms, const char *room)
{
    const struct roster_room *found = roster_find_room(rooms->roster, room);
    return found ? found->viewers : 0;
}
