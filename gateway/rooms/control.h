#pragma once
#include "gateway/base/inbox.h"
#include "gateway/base/loop.h"
#include "gateway/peer/certificate.h"
#include "gateway/rooms/agent.h"
#include "gateway/rooms/rooms.h"
#include "gateway/rooms/roster.h"
#include "gateway/rooms/shard.h"

// The control thread's side of the rooms, shared by rooms.c, control.c and metrics.c.

#define OWED_MAX 32

// An answer that is owed although there was no memory for its message.
struct owed {
    rooms_answer_h *answered;
    rooms_result_h *done;
    void *arg;
};

struct rooms {
    struct rooms_handlers handlers;
    void *arg;
    struct loop *loop;
    unsigned sessions_max;
    struct inbox *inbox, *agents_inbox;
    struct agents *agents; // started when first needed
    struct agents_config agents_config;
    bool full_ice;
    struct certificate *certificate;
    struct address_list advertise;
    unsigned shard_count;
    struct shard *shards[SHARDS_MAX];
    struct inbox *inboxes[SHARDS_MAX];
    struct msg *stops[SHARDS_MAX]; // prepared: stopping must not fail
    unsigned load[SHARDS_MAX];     // sessions and ports
    struct roster *roster;
    struct owed owed[OWED_MAX];
    unsigned owed_count;
    struct msg wake; // in the inbox while something is owed
    bool freeing;
};

// Serves everything in the control thread's inbox.
void control_serve(struct rooms *rooms, int64_t now_us);
// Sees to it that the answer comes, later, though there is no memory for it now.
void control_owe(struct rooms *rooms, const struct owed *owed);
