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

// What a watcher can be shown, and is.
struct watch_view {
    struct layer_list layers; // whatever he chose
    int current;              // of `layers`; -1: none
    enum sub_pause paused;
    const char *mid; // of the pictures' m-line
};

struct watch_config {
    struct shard *shard;
    const char *room, *participant;
    const char *publication;   // NULL: the programme
    const struct terms *terms; // copied
    struct outlet *outlet;     // it and its SRTP context outlive the watch
    uint32_t audio_ssrc, video_ssrc;
    uint32_t video_rtx_ssrc; // used when the terms have RTX
    const char *cname;
    // Layers, or what is shown, changed; at most once each WATCH_TICK_US. False: tell again. May be
    // NULL.
    bool (*view)(void *arg, const struct watch_view *view);
    void *arg;
};

// Shows nothing before watch_start(). ENOMEM.
int watch_alloc(struct watch **watchp, const struct watch_config *config);
void watch_free(struct watch *watch, int64_t now_us);
// The watcher can take packets now. ENOMEM.
int watch_start(struct watch *watch, int64_t now_us);

// The layers of the picture that the watcher may be shown: active, within his choice, rising rate.
// None: he wants no picture, or there is none.
void watch_layers(const struct watch *watch, int64_t now_us, struct layer_list *out);
// He chooses: holds until he chooses again, also for other publications. `mid` of the pictures'
// m-line, or empty. ENOENT: he watches no pictures, or there is no such mid or rid.
int watch_select(struct watch *watch, const char *mid, const struct layer_choice *choice,
                 int64_t now_us);
// What he is to be shown, of watch_layers(); NULL: nothing. As sub_aim(). From the first call on
// the caller decides; before, it is the highest of watch_layers().
void watch_aim(struct watch *watch, const struct layer *wanted, enum sub_pause why, int64_t now_us);
// False: he watches no pictures.
bool watch_showing(const struct watch *watch, int64_t now_us, struct sub_showing *out);

// A decrypted compound RTCP packet of the watcher.
void watch_rtcp(struct watch *watch, const uint8_t *data, size_t len, int64_t now_us);
// Sends sender reports and tells of layers when they are due; returns when to be called again.
int64_t watch_tick(struct watch *watch, int64_t now_us);
#define WATCH_REPORT_US 1000000
#define WATCH_TICK_US   500000
