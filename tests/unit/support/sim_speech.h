#pragma once
#include <stdbool.h>
#include <stdint.h>

// A listener in virtual time: frames of 20 ms, played after a delay that follows the jitter as
// browsers' jitter buffers do; a frame that is not there when it is due is concealed.

#define SIM_SPEECH_US    20000
#define SIM_SPEECH_SLOTS 256
#define SIM_SPEECH_LATES 100

struct sim_speech {
    bool started;
    uint32_t next;                     // to be played
    int64_t base_us;                   // least of arrival - seq * 20 ms
    int64_t delay_us;                  // of playing, behind that
    int64_t late_us[SIM_SPEECH_LATES]; // of the newest arrivals
    unsigned late_count;
    bool here[SIM_SPEECH_SLOTS];
    uint64_t played, concealed;
};

// A packet with frame `seq` and the `depth` frames before it.
void sim_speech_arrived(struct sim_speech *speech, uint32_t seq, unsigned depth, int64_t now_us);
void sim_speech_play(struct sim_speech *speech, int64_t now_us);
