#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/list.h"
#include "gateway/base/map.h"
#include "gateway/relay/track.h"
#include "gateway/rooms/hold.h"
#include "gateway/rooms/message.h"
#include "gateway/rooms/rooms.h"

// Who publishes and who watches, as one shard knows it: rooms, their publications (of all shards)
// and the watches of this shard. Decides what each watch shows; moves no packet. One thread.

#define ROOM_PUBLICATIONS_MAX 64 // a room

struct directory;
struct source;
struct replica;

struct room {
    struct map_node by_name;
    const struct directory *directory;
    char name[ROOMS_NAME_MAX];
    struct list publications; // publication.link, the oldest first
    unsigned publication_count;
    struct list watches; // room_watch.link
};

// One publication, whichever shard its media enters. Its id depends on room, participant and source
// only: whoever publishes again is the same publication.
struct publication {
    struct map_node by_id;
    struct list link; // room.publications
    struct room *room;
    struct rooms_publication info;
    unsigned shard;      // where its media enters
    uint32_t generation; // changes whenever other tracks stand behind it
    struct message_track audio_facts, video_facts;
    // The tracks in this shard: the source's; or the replica's, while it is open.
    struct track *audio, *video;
    struct source *source;   // NULL when it enters another shard
    struct replica *replica; // NULL when nobody here watches it
    unsigned watchers;       // in this shard
    struct list feeds;       // feed.link: shards that watch it
    struct hold hold;
};

struct room_watch;

// What this watch shows is another publication (NULL: nothing) or has other tracks now.
typedef void room_follow_h(struct room_watch *watch, struct publication *from,
                           struct publication *to, int64_t now_us);

// Embed in the owner.
struct room_watch {
    struct list link; // room.watches
    struct room *room;
    char participant[ROOMS_ID_MAX];
    char wanted[ROOMS_ID_MAX]; // publication id; empty: the programme
    struct publication *shown;
    uint32_t generation; // of `shown`
    room_follow_h *follow;
    uint64_t room_bits; // bit/s of picture it can take, HOLD_FREE; 0: nobody cares
};

int directory_alloc(struct directory **directoryp);
// Watches and publications are gone before.
void directory_free(struct directory *directory);

struct publication *directory_find(const struct directory *directory, const char *id);
void directory_each(const struct directory *directory, void (*each)(void *, struct publication *),
                    void *arg);

// NULL when nobody publishes or watches there.
const struct room *directory_room(const struct directory *directory, const char *name);

// Adds a publication, shown to nobody yet: room_refresh() does that. ENOMEM, EOVERFLOW (the room
// has ROOM_PUBLICATIONS_MAX), EEXIST.
int directory_publish(struct directory *directory, const struct rooms_publication *info,
                      struct publication **publicationp);
// Takes it away; its watches show something else from now on. Frees it.
void directory_unpublish(struct directory *directory, struct publication *publication,
                         int64_t now_us);

// Starts a watch: participant, wanted and follow are set by the caller. ENOMEM.
int directory_watch(struct directory *directory, struct room_watch *watch, const char *room,
                    int64_t now_us);
// Follows nothing any more; its handler is called a last time when it shows something.
void directory_unwatch(struct directory *directory, struct room_watch *watch, int64_t now_us);

// What the room's programme is for a participant: the hall before cameras before screens before
// documents, the newest first, never his own or a parked one's. NULL when there is none.
struct publication *room_programme(const struct room *room, const char *participant);

// Parks a participant, whether he or the room is there yet or not, or lets him back. Takes the
// message, and no memory: it cannot fail.
void directory_park(struct directory *directory, struct message_park *park, int64_t now_us);
// Nobody is parked there (NULL: anywhere) any more; watches change with the next refresh.
void directory_unpark(struct directory *directory, const char *room);

// Lets all watches of the room show what they should, after something changed.
void room_refresh(struct room *room, int64_t now_us);
