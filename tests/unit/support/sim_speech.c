#include "tests/unit/support/sim_speech.h"

#include <stdlib.h>
#include <string.h>

#define QUANTILE    96 // of a hundred arrivals are waited for
#define DELAY_MAX   400000
#define SPARE_US    20000
#define DECAY_SHARE 64

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Waits as long as nearly all of the newest needed: up at once, down slowly.
static void adapt(struct sim_speech *speech)
{
    int64_t sorted[SIM_SPEECH_LATES];
    unsigned count = speech->late_count;
    if (count > SIM_SPEECH_LATES)
        count = SIM_SPEECH_LATES;
    memcpy(sorted, speech->late_us, count * sizeof(sorted[0]));
    qsort(sorted, count, sizeof(sorted[0]), compare);
    int64_t wanted = sorted[(count - 1) * QUANTILE / 100] + SPARE_US;
    if (wanted > DELAY_MAX)
        wanted = DELAY_MAX;
    if (wanted > speech->delay_us)
        speech->delay_us = wanted;
    else
        speech->delay_us += (wanted - speech->delay_us) / DECAY_SHARE;
}

void sim_speech_arrived(struct sim_speech *speech, uint32_t seq, unsigned depth, int64_t now_us)
{
    int64_t transit = now_us - (int64_t)seq * SIM_SPEECH_US;
    if (!speech->started) {
        speech->started = true;
        speech->next = seq;
        speech->base_us = transit;
    }
    if (transit < speech->base_us)
        speech->base_us = transit;
    // What RED brings comes later than its own packet would have: the buffer waits for it, too.
    int64_t late_us = transit - speech->base_us;
    speech->late_us[speech->late_count++ % SIM_SPEECH_LATES] = late_us +
                                                               (int64_t)depth * SIM_SPEECH_US;
    adapt(speech);
    for (uint32_t one = seq - depth; one <= seq; one++)
        if (one >= speech->next && one - speech->next < SIM_SPEECH_SLOTS)
            speech->here[one % SIM_SPEECH_SLOTS] = true;
}

void sim_speech_play(struct sim_speech *speech, int64_t now_us)
{
    while (speech->started) {
        int64_t due_us = speech->base_us + (int64_t)speech->next * SIM_SPEECH_US + speech->delay_us;
        bool *here = &speech->here[speech->next % SIM_SPEECH_SLOTS];
        if (now_us < due_us)
            return;
        speech->played++;
        speech->concealed += !*here;
        *here = false;
        speech->next++;
    }
}
