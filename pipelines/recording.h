#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipelines/mkv.h"

// A recording: frames of two tracks into one file, and into a next one where one file cannot hold
// what follows (H.264 that changes its size). A track that comes late or never does not hold up the
// other. One thread at a time.

struct recording;

#define RECORDING_SEALED_SUFFIX ".mkv.sealed" // complete whenever it ends, see sealed.h
#define RECORDING_WAIT_MS       3000 // for the picture's format, when the head of the file needs it

struct recording_spec {
    const char *base;  // "/dir/name.mkv"
    const char *video; // "VP8", "VP9", "H264" or ""
    bool audio;
    const uint8_t *key; // SEALED_KEY_LEN bytes: the files are sealed; NULL: in clear
    void (*opened)(void *arg, const char *file); // a file was made
    void *arg;
};

struct recording_frame {
    enum mkv_media media;
    bool key;
    int64_t time_us; // any origin, the same for both tracks
    int64_t wall_ms; // when it came; 0: unknown
    const uint8_t *data;
    size_t len;
    const uint8_t *config; // H.264: the avcC record, NULL otherwise
    size_t config_len;
    unsigned width, height; // 0 when unknown
};

// Makes the first file. `spec`'s texts must outlive the recording. EINVAL when there is no track,
// or what open said.
int recording_alloc(struct recording **recordingp, const struct recording_spec *spec);

// Adds a frame. What write said, when the disk is full.
int recording_write(struct recording *recording, const struct recording_frame *frame);

// Closes the file; in clear it stays a ".mkv.part".
void recording_free(struct recording *recording);

// Of what a sealed file says it is (sealed.h): all files of one base are the same thing.
// ENAMETOOLONG.
int recording_about(const char *base, char about[SEALED_ABOUT_MAX]);
