#pragma once
#include "gateway/packet/rtcp.h"
#include "gateway/rooms/congestion.h"
#include "gateway/rooms/room.h"
#include "gateway/rooms/watch.h"

// Private to watch.c (what is shown, the watcher's RTCP) and watch_path.c (what his path carries).

struct sent;
struct sent_row;

struct watch {
    struct shard *shard;
    char room[ROOMS_NAME_MAX];
    struct room_watch at;
    struct sub *audio, *video; // NULL: not asked for
    struct sent *sent;         // NULL: no transport-wide numbers were agreed on
    struct outlet *outlet;
    struct congestion_flow flow;
    struct rtcp_report reported; // the newest about pictures; ssrc 0: none
    int64_t report_us;
    char mid[TERMS_MID_MAX]; // of the pictures
    struct layer_choice choice;
    bool chosen;  // ever
    bool decided; // others say what is shown, within the choice
    bool (*view)(void *arg, const struct watch_view *view);
    void *arg;
    struct watch_view told;
};

// The outlet is open. ENOMEM.
int watch_join_path(struct watch *watch, int64_t now_us);
// A row of sent_feedback(); `arg` is the watch.
void watch_row(const struct sent_row *row, void *arg);
// A report about the pictures, for watchers without transport-wide numbers.
void watch_losses(struct watch *watch, const struct rtcp_report *report, int64_t now_us);
// After feedback, and now and then.
void watch_tick_path(struct watch *watch, int64_t now_us);
