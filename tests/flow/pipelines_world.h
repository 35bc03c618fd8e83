#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/loop.h"
#include "pipelines/supervisor.h"

// A play and a record pipeline under one supervisor, with a count of all that comes out of them.

#define WORLD_SECOND INT64_C(1000000)

struct track {
    unsigned packets, gaps, keyframes, reports, sizes_over;
    bool back; // the timestamp went backwards
    uint16_t seq;
    uint32_t first_ts, ts, ssrc;
    int64_t first_us, last_us, stall_us, keyframe_us;
    uint64_t report_ntp; // of the last report
    uint32_t report_ts;
};

struct end {
    struct pipeline *pipeline;
    int rtp_fd; // -1 while none
    int opened, ready, recording, failed, done, closed;
    char video[8], file[2][256], part[256], reason[128];
    int64_t duration_ms[2];
    struct track video_track, audio_track;
    unsigned pli, nack;
    struct end *to; // packets go there too
    bool no_video;  // ... but not the picture's
};

struct world {
    struct loop *loop;
    struct supervisor *sup;
    struct end play, record;
};

void world_open(struct world *world, const char *program);
void world_close(struct world *world);

// Serves everything for a moment.
void world_step(struct world *world);
void world_run_for(struct world *world, int64_t us);
// Fails the test after 20 s.
void world_run_until(struct world *world, const int *count, int least);
void world_run_until_packets(struct world *world, const struct track *track, unsigned least);

// Starts, and waits until it plays or records. The played packets go to the record pipeline.
void world_play(struct world *world, const char *file, const char *video);
void world_record(struct world *world, const char *file, const char *video);
// Starts without waiting.
void world_start(struct world *world, struct end *end, const struct pipeline_spec *spec);
void world_stop(struct world *world, struct end *end);

// The number that ffprobe prints with these options, -1 when it prints none.
double media_probe(const char *file, const char *options);
// Packets of the video ('v') or audio ('a') stream; -1 when there is no such stream.
double media_frames(const char *file, char kind);
// Can it be read to its end?
bool media_decodes(const char *file);
