#pragma once
#include "gateway/base/inbox.h"
#include "gateway/rooms/message.h"

// Tells the other shards and the control thread of this shard's publications.

struct shard;
struct publication;

// One message for everyone to be told, linked by `next`; NULL: no memory. Made early for what must
// not fail later.
struct msg *announce_prepare(const struct shard *shard, enum message_kind kind);
// Sends prepared messages about `publication`. The other shards come first: what the control thread
// asks of them afterwards finds the publication there.
void announce_send(struct shard *shard, const struct publication *publication,
                   struct msg *prepared);
void announce_drop(struct msg *prepared);
