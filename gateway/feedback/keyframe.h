#pragma once
#include <stdbool.h>
#include <stdint.h>

// Many viewers wish for a keyframe, the publisher is asked at most every half second. A wish inside
// that time is remembered; one that was not answered is repeated; a keyframe grants them all.

#define KEYFRAME_HOLD_US   500000LL  // between two questions
#define KEYFRAME_REPEAT_US 1000000LL // when no keyframe came

struct keyframe {
    bool wanted;  // wished for since the last question
    bool waiting; // asked, and none came yet
    bool asked;   // ever
    int64_t asked_us;
};

// INT64_MAX when there is nothing to ask.
static inline int64_t keyframe_deadline(const struct keyframe *keyframe)
{
    if (keyframe->wanted)
        return keyframe->asked ? keyframe->asked_us + KEYFRAME_HOLD_US : 0;
    return keyframe->waiting ? keyframe->asked_us + KEYFRAME_REPEAT_US : INT64_MAX;
}

// Somebody needs one. Call keyframe_due() next.
static inline void keyframe_want(struct keyframe *keyframe)
{
    keyframe->wanted = true;
}

// True when the publisher is to be asked now; counts as asked then.
bool keyframe_due(struct keyframe *keyframe, int64_t now_us);

// A keyframe began.
void keyframe_came(struct keyframe *keyframe);
