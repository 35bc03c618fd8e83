#include "gateway/feedback/keyframe.h"

bool keyframe_due(struct keyframe *keyframe, int64_t now_us)
{
    if (now_us < keyframe_deadline(keyframe))
        return false;
    keyframe->wanted = false;
    keyframe->waiting = true;
    keyframe->asked = true;
    keyframe->asked_us = now_us;
    return true;
}

void keyframe_came(struct keyframe *keyframe)
{
    keyframe->wanted = false;
    keyframe->waiting = false;
}
