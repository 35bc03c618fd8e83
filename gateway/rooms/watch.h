#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/peer/terms.h"
#include "gateway/relay/egress.h"

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

// A decrypted compound RTCP packet of the watcher.
void watch_rtcp(struct watch *watch, const uint8_t *data, size_t len, int64_t now_us);
// Sends the sender reports. Call every WATCH_REPORT_US.
void watch_report(struct watch *watch, int64_t now_us);
#define WATCH_REPORT_US 1000000
