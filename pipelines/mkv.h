#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipelines/sink.h"

// Writes a recording so that it is whole at any moment: each frame is in the file as soon as it is
// given, clusters begin at keyframes or each second, and what was written is on the disk a second
// later. (A general muxer waits for every track; here a camera may stay off for as long as it
// likes.) One thread at a time.

struct mkv;

enum mkv_media { MKV_VIDEO, MKV_AUDIO };

struct mkv_format {
    const char *video;           // "VP8", "VP9", "H264" or NULL
    bool audio;                  // Opus
    const uint8_t *video_config; // H.264: the avcC record; else NULL
    size_t video_config_len;
    unsigned width, height; // 0 for VP8 and VP9 that have not come yet
    int64_t began_ms;       // wall clock of its time 0; 0: unknown
};

struct mkv_frame {
    enum mkv_media media;
    bool key;
    int64_t time_ms; // since the start of the recording, never negative
    const uint8_t *data;
    size_t len;
};

// Writes the head to `sink`, which is empty and stays the caller's. ENOMEM, EINVAL, or what write
// said.
int mkv_alloc(struct mkv **mkvp, struct sink *sink, const struct mkv_format *format);
void mkv_free(struct mkv *mkv);

// Adds a frame. What write said when the disk is full; EMSGSIZE for an impossible frame.
int mkv_write(struct mkv *mkv, const struct mkv_frame *frame);

// The size of the picture is known now: corrects the head.
int mkv_set_size(struct mkv *mkv, unsigned width, unsigned height);
