#include "gateway/rooms/announce.h"

#include "gateway/rooms/shard.h"

void announce_drop(struct msg *prepared)
{
    while (prepared) {
        struct msg *next = prepared->next;
        message_free(prepared);
        prepared = next;
    }
}

struct msg *announce_prepare(const struct shard *shard, enum message_kind kind)
{
    struct msg *first = NULL;
    for (unsigned i = 0; i < shard->config.count; i++) { // the other shards, and the control thread
        struct msg *msg = message_alloc(kind, sizeof(struct message_publication));
        if (!msg) {
            announce_drop(first);
            return NULL;
        }
        msg->next = first;
        first = msg;
    }
    return first;
}

static void send_one(struct inbox *to, const struct publication *publication, struct msg *msg)
{
    struct message_publication *told = (struct message_publication *)msg;
    told->shard = publication->shard;
    told->generation = publication->generation;
    told->info = publication->info;
    told->audio = publication->audio_facts;
    told->video = publication->video_facts;
    inbox_push(to, msg);
}

void announce_send(struct shard *shard, const struct publication *publication, struct msg *prepared)
{
    for (unsigned i = 0; i < shard->config.count; i++) {
        struct msg *msg = prepared;
        if (i == shard->config.index)
            continue;
        prepared = msg->next;
        send_one(shard->config.inboxes[i], publication, msg);
    }
    send_one(shard->config.control, publication, prepared);
}
