#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Reads what mkv.h wrote, up to the last whole frame: a file that was cut off anywhere is fine.

// Where a recording's bytes are: a file, or a sealed one.
struct mkv_source {
    ssize_t (*read)(void *arg, void *to, size_t len, off_t at); // as pread()
    void *arg;
    off_t size;
};

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
    off_t first; // cluster
    int64_t duration_ms;
    int64_t began_ms; // wall clock of time 0; 0: unknown
};

struct mkv_scan_handlers {
    int (*cluster)(void *arg, int64_t time_ms);
    int (*block)(void *arg, const struct mkv_block *block);
};

// An open file as a source: `*fd` must last. What fstat said.
int mkv_source_file(struct mkv_source *source, const int *fd);

// Walks over the clusters and blocks of `source` in order; an error of a handler ends it and is
// returned. `index` gets the type and the tracks. EBADMSG when this is no recording.
int mkv_scan(const struct mkv_source *source, struct mkv_index *index,
             const struct mkv_scan_handlers *handlers, void *arg);

// The whole index. ENOMEM, EBADMSG.
int mkv_index_read(struct mkv_index *index, const struct mkv_source *source);
void mkv_index_release(struct mkv_index *index);
