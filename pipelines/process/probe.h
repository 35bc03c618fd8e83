#pragma once
#include <stdbool.h>
#include <stdint.h>

// What is in a media file, from its first seconds, without decoding.

struct probe {
    bool audio, video;
    char codec[16];         // "H264", "VP8" or "" for any other picture
    unsigned width, height; // pixels
    unsigned frame_rate;    // a second, rounded; 25 when unknown
    unsigned frames;        // looked at
    bool reordered;         // frames are stored in another order than shown (B-frames)
    int64_t keyframe_us;    // the longest way from keyframe to keyframe
};

// Reads the file. ENOMSG when it is no media or has neither picture nor sound; `reason` (256 bytes)
// then says it in words.
int probe_file(struct probe *probe, const char *file, char *reason);

// Can a browser be sent these frames as they are? Not with B-frames, and not when one who joins
// would wait long for the next keyframe.
bool probe_passes(const struct probe *probe);
