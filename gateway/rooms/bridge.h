#pragma once
#include <stdint.h>

#include "gateway/rooms/message.h"

// A publication of one shard watched on another. Here its packets are copied once into blocks that
// travel to the other shard and come back empty (a feed); there they fill a copy of the tracks
// (a replica), from which that shard serves its own watchers. Open while somebody there watches.

struct shard;
struct publication;
struct feed;
struct replica;

// --- the publishing shard's side ----------------------------------------------------------------

// The newest group of pictures goes first. ENOMEM, EEXIST.
int feed_open(struct shard *shard, struct publication *publication, unsigned to, int64_t now_us);
// NULL when that shard does not watch.
struct feed *feed_find(const struct publication *publication, unsigned to);
uint32_t feed_generation(const struct feed *feed);
void feed_close(struct feed *feed);
void feed_close_all(struct publication *publication);
void feed_keyframe(struct feed *feed, uint8_t encoding, int64_t now_us);
// What the best viewer over there can take (bit/s, 0: no bound known), for hold.h.
void feed_set_room(struct feed *feed, uint64_t room);
uint64_t feed_room(const struct feed *feed);
// The feed at `link` of publication.feeds.
struct feed *feed_at(struct list *link);
// A block came back empty; takes the message.
void feed_returned(struct message_media *block);
// Hands over what the feeds gathered. At the end of every turn.
void feed_flush(struct shard *shard, int64_t now_us);
// The thread has ended: blocks still away never come home.
void feed_forget_closed(struct shard *shard);

// --- the watching shard's side ------------------------------------------------------------------

// One more watcher of a publication that enters another shard; the first opens the bridge. ENOMEM.
int replica_use(struct shard *shard, struct publication *publication);
// One watcher less; the last closes the bridge.
void replica_leave(struct publication *publication);
// Other tracks stand behind the publication now: begins anew, its watchers kept.
void replica_renew(struct shard *shard, struct publication *publication);
// The publication is gone, or enters this shard now.
void replica_free(struct publication *publication);
// Tells the publishing shard what the best viewer here can take; ENOMEM.
int replica_tell_room(struct replica *replica, uint64_t room);
// Media came; the block is sent back empty.
void replica_media(struct shard *shard, struct message_media *block, int64_t now_us);
