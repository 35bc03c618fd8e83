#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/list.h"

// Who gets what of the bits a path can carry: everybody's lowest layer in the order of classes,
// then better ones class by class, a step each in turn. Speech is never taken away. What is shown
// stays as long as it fits; a step up needs some room beyond, has to wait, and waits twice as long
// when the last one to so much had to be taken back soon. When not even a little video fits beside
// the speech there is none, until there is clearly more. Embedded, pure, one thread.

#define ALLOCATE_LAYERS_MAX 9
#define ALLOCATE_FLOOR      150000 // bit/s of estimate: below, speech alone
#define ALLOCATE_RESUME     200000 // from here on pictures again
#define ALLOCATE_PAUSED     (-1)

enum allocate_class { ALLOCATE_SPEECH, ALLOCATE_SLIDES, ALLOCATE_FACES, ALLOCATE_CLASSES };

// One stream over the path; the owner fills in what is said to be his.
struct allocate_stream {
    struct list link;          // allocation.streams
    enum allocate_class class; // owner's
    unsigned count;            // owner's: layers there are now, 0: nothing comes
    unsigned most;             // owner's: the viewer wants the first so many; 0: he paused it
    uint64_t rate[ALLOCATE_LAYERS_MAX]; // owner's: bit/s, rising
    int layer;                          // given: its index, ALLOCATE_PAUSED: none
    int64_t up_us;                      // when it was raised last
    int64_t failed_us;                  // when that had to be taken back,
    uint64_t failed_rate;               // and from which rate
    int64_t hold_us, until_us;          // so long after a failure; not raised to that rate before
    int64_t lowered_us;                 // when something was taken back last
    int next;                           // scratch
};

struct allocation {
    struct list streams; // allocate_stream.link
    bool known;          // owner's: it is known what the path carries; before, all get their best
    uint64_t estimate;   // owner's: bit/s it carries, of which the budget is left to give away
    bool bare;           // below the floor: speech alone
    int64_t raised_us;   // when a stream was raised last
    // Of the newest allocate():
    uint64_t given;  // bit/s of all layers given
    uint64_t wanted; // bit/s of estimate the next better layer needs; 0: all have the best
};

void allocate_init(struct allocation *allocation);
// It begins with its best layer; the next allocate() decides.
void allocate_add(struct allocation *allocation, struct allocate_stream *stream);
// Harmless when it was never added.
void allocate_remove(struct allocate_stream *stream);

// Gives `budget` bit/s away. `bad`: there were bad news of the path lately. Without them nothing is
// taken away: rates waver, and nobody knows how much more there is than was ever sent.
void allocate(struct allocation *allocation, uint64_t budget, bool bad, int64_t now_us);
