#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/peer/terms.h"
#include "gateway/relay/egress.h"
#include "gateway/relay/layers.h"
#include "gateway/relay/sub.h"

// What one watcher (a WHEP session, a recorder's port) is shown: one stream of sound and one of
// pictures that follow a publication or a room's programme. One thread, the shard's.

struct shard;
struct watch;

struct watch_config {
    struct shard *shard;
    const char *room, *participant;
    const char *publication;   // NULL: the programme
    const struct terms *terms; // copied
    struct outlet *outlet;     // it and its SRTP context outlive the watch
    uint32_t audio_ssrc, video_ssrc;
    uint32_t video_rtx_ssrc; // used when the terms have RTX
    const char *cname;
};

// Shows nothing before watch_start(). ENOMEM.
int watch_alloc(struct watch **watchp, const struct watch_config *config);
void watch_free(struct watch *watch, int64_t now_us);
// The watcher can take packets now. ENOMEM.
int watch_start(struct watch *watch, int64_t now_us);

// What the watcher himself wants of the picture's layers: the highest that fits all that is said.
struct watch_choice {
    bool paused;                    // nothing at all
    char rid[LAYERS_RID_MAX];       // empty: any
    int spatial, temporal;          // at most; -1: any
    uint16_t max_width, max_height; // 0: any
    uint64_t max_rate;              // bit/s; 0: any
};

// The layers of the picture that the watcher may be shown: active, within his choice, rising rate.
// None: he wants no picture, or there is none.
void watch_layers(const struct watch *watch, int64_t now_us, struct layer_list *out);
// He chooses: holds until he chooses again, also for other publications. ENOENT: he has no picture.
int watch_select(struct watch *watch, const struct watch_choice *choice, int64_t now_us);
// What he is to be shown, of watch_layers(); NULL: nothing. As sub_aim(). From the first call on
// the caller decides; before, it is the highest of watch_layers().
void watch_aim(struct watch *watch, const struct layer *wanted, enum sub_pause why, int64_t now_us);
// False: he has no picture.
bool watch_showing(const struct watch *watch, struct sub_showing *out);

// A decrypted compound RTCP packet of the watcher.
void watch_rtcp(struct watch *watch, const uint8_t *data, size_t len, int64_t now_us);
// Sends the sender reports. Call every WATCH_REPORT_US.
void watch_report(struct watch *watch, int64_t now_us);
#define WATCH_REPORT_US 1000000
