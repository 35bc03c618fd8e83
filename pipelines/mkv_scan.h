#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Reads what mkv.h wrote, up to the last whole frame: a file that was cut off anywhere is fine.

#define MKV_TRACKS_MAX 2

struct mkv_block {
    unsigned track; // from 1
    int64_t time_ms;
    bool key;
    off_t at; // of the SimpleBlock's content, its four-byte head included
    size_t len;
};

struct mkv_cluster {
    int64_t time_ms;
    size_t len;     // of the content: time and blocks
    int64_t key_ms; // first keyframe of the video (of the audio, if there is no video), or -1
    unsigned blocks;
};

struct mkv_track {
    off_t at; // of the whole TrackEntry
    size_t len;
    unsigned blocks;
};

struct mkv_index {
    bool webm; // the document's type; otherwise "matroska"
    struct mkv_track tracks[MKV_TRACKS_MAX];
    struct mkv_cluster *clusters;
    size_t cluster_count;
    int64_t duration_ms;
};

struct mkv_scan_handlers {
    int (*cluster)(void *arg, int64_t time_ms);
    int (*block)(void *arg, const struct mkv_block *block);
};

// Walks over the clusters and blocks of `fd` in order; an error of a handler ends it and is
// returned. `index` gets the type and the tracks. EBADMSG when this is no recording.
int mkv_scan(int fd, struct mkv_index *index, const struct mkv_scan_handlers *handlers, void *arg);

// The whole index. ENOMEM, EBADMSG.
int mkv_index_read(struct mkv_index *index, int fd);
void mkv_index_release(struct mkv_index *index);
