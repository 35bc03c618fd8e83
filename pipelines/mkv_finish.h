#pragma once
#include <limits.h>
#include <stdint.h>

// Makes a seekable file of an interrupted or ended recording without touching its frames: NAME.webm
// (VP8, VP9, Opus) or NAME.mkv (H.264) with duration and cues from NAME.mkv.part, which is removed
// only when the new file is safely on the disk.

#define MKV_PART_SUFFIX ".mkv.part"

struct mkv_finished {
    char file[PATH_MAX];
    int64_t duration_ms;
};

// `alive` is called now and then while it works. EINVAL: the name does not end in MKV_PART_SUFFIX;
// EBUSY: somebody writes it; ENODATA: no frame in it, it was removed; EBADMSG: no recording of
// ours.
int mkv_finish(const char *part, struct mkv_finished *finished, void (*alive)(void *arg),
               void *arg);
