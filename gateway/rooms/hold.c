#include "gateway/rooms/hold.h"

#include "gateway/rooms/bridge.h"
#include "gateway/rooms/room.h"
#include "gateway/rooms/source.h"

#define FEW       8        // viewers: looked at all each time
#define LOOK_US   500000LL // else so seldom
#define TELL_US   200000LL // between two words, unless it is much less
#define MUCH_LESS 0.8
#define OBEYS_US  5000000LL // by then he sends about what he was told
#define OBEYS     1.5
#define BEST      0.9 // of the best room: as good as the best

// One encoding, that enters this shard or comes over a bridge.
static bool can_hold(const struct publication *publication)
{
    const struct picture *picture = publication->video ? track_picture(publication->video) : NULL;
    return (publication->source || publication->replica) && picture && picture->count == 1 &&
           !publication->hold.stubborn;
}

bool hold_follows(const struct publication *publication, const struct room_watch *watch)
{
    const struct hold *hold = &publication->hold;
    return publication->source && can_hold(publication) && // elsewhere there may be better ones
           (!hold->best || (double)watch->room_bits >= BEST * (double)hold->best);
}

static void look_at_feeds(const struct publication *publication, struct hold *hold)
{
    const struct list *head = &publication->feeds;
    for (struct list *at = head->next; at != head; at = at->next) {
        uint64_t room = feed_room(feed_at(at));
        hold->viewers++;
        if (!room || room > hold->best)
            hold->best = room ? room : HOLD_FREE;
    }
}

static void look_at_viewers(const struct publication *publication, struct hold *hold)
{
    const struct list *head = &publication->room->watches;
    hold->best = 0;
    hold->viewers = 0;
    for (const struct list *at = head->next; at != head; at = at->next) {
        const struct room_watch *watch = container_of(at, struct room_watch, link);
        if (watch->shown != publication)
            continue;
        hold->viewers++;
        if (watch->room_bits > hold->best)
            hold->best = watch->room_bits;
    }
    look_at_feeds(publication, hold);
}

static void tell(struct publication *publication, uint64_t bits, int64_t now_us)
{
    struct hold *hold = &publication->hold;
    if (publication->replica && replica_tell_room(publication->replica, bits))
        return; // it is tried again
    if (!bits)
        hold->above_us = 0;
    hold->told = bits;
    hold->told_us = now_us;
    if (publication->source)
        source_hold(publication->source, bits, now_us);
}

static bool is_stubborn(struct hold *hold, uint64_t rate, int64_t now_us)
{
    if (!hold->told || (double)rate <= OBEYS * (double)hold->told)
        hold->above_us = 0;
    else if (!hold->above_us)
        hold->above_us = now_us;
    return hold->above_us && now_us - hold->above_us > OBEYS_US;
}

static void steer(struct publication *publication, bool now, int64_t now_us)
{
    struct hold *hold = &publication->hold;
    look_at_viewers(publication, hold);
    uint64_t bits = hold->best == HOLD_FREE ? 0 : hold->best;
    bool urgent = bits && (!hold->told || (double)bits < MUCH_LESS * (double)hold->told);
    if (bits != hold->told && (now || urgent || now_us - hold->told_us >= TELL_US))
        tell(publication, bits, now_us);
}

void hold_heard(struct publication *publication, int64_t now_us)
{
    if (can_hold(publication))
        steer(publication, true, now_us); // who told it spaces his words
}

void hold_update(struct publication *publication, struct room_watch *watch, uint64_t room,
                 uint64_t rate, int64_t now_us)
{
    struct hold *hold = &publication->hold;
    watch->room_bits = room;
    if (!can_hold(publication))
        return;
    if (hold->viewers > FEW && now_us - hold->looked_us < LOOK_US)
        return;
    hold->looked_us = now_us;
    if (publication->source && is_stubborn(hold, rate, now_us)) {
        hold->stubborn = true;
        tell(publication, 0, now_us);
        return;
    }
    steer(publication, false, now_us);
}
