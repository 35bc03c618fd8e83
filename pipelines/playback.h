#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipelines/sealed.h"

// A sealed recording as a browser plays it and seeks in it: the head that a whole file has, made
// when it is opened, and behind it the clusters, decrypted when they are asked for and never
// written anywhere. One thread at a time.

struct playback;

struct playback_about {
    int64_t size; // bytes
    int64_t duration_ms;
    int64_t began_ms; // wall clock of time 0; 0: unknown
    bool webm;        // otherwise Matroska
    bool video;
};

// Reads all of the file once. ENODATA: there is no frame in it; EBADMSG: it is not as it was
// recorded; ENOENT and others of open(); ENOMEM.
int playback_open(struct playback **playbackp, const char *path, const uint8_t key[SEALED_KEY_LEN],
                  const char *about);
const struct playback_about *playback_about(const struct playback *playback);
// Bytes `at` to `at` + `len`, which must be in it. EBADMSG, EIO.
int playback_read(struct playback *playback, void *to, size_t len, int64_t at);
void playback_free(struct playback *playback);
