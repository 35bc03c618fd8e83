#pragma once
#include "gateway/base/list.h"
#include "gateway/base/sm.h"
#include "signaling/link.h"
#include "signaling/link_http.h"

// What link.c (a link's life) and link_table.c (all of them, for the API) share.

#define LINKS_MAX       64
#define LINKS_KEPT      "links.json"     // in data_dir
#define LINK_SESSION    22               // letters and digits
#define LINK_STABLE_US  (10 * 1000000LL) // a link up that long begins to count anew
#define LINK_BACKOFF_US (60 * 1000000LL) // at most between two tries
#define LINK_QUIET_US   (5 * 1000000LL)  // a push looks again for somebody who publishes

enum link_state {
    LINK_WAITING,    // for the next try
    LINK_DIALING,    // our offer is being made
    LINK_ASKING,     // and is at the other server
    LINK_CONNECTING, // its answer is here
    LINK_UP,
    LINK_REFUSED, // for good
    LINK_ENDING,
    LINK_STATES
};

struct links {
    struct control *control;
    struct work *work;
    struct list all; // link.of_links
    size_t count, jobs;
    atomic_bool stop; // requests are given up
    bool stopping;
    struct keeping *next; // of links.json, when the one being written is done
    bool keeping;         // one is being written
};

struct link {
    struct list of_links;
    struct links *links;
    struct sm sm;
    char id[LINK_ID_MAX];
    bool push, insecure, no_audio, no_video, fixed;
    enum rooms_source source;
    char room[ROOMS_NAME_MAX], url[LINK_URL_MAX], token[LINK_TOKEN_MAX];
    char session[LINK_SESSION + 1]; // ours; empty: none now
    char location[LINK_URL_MAX];    // theirs; empty: none now
    char error[LINK_ERROR_MAX];     // of the last try; empty: none
    unsigned attempts;              // since it last was stable
    unsigned pending;               // callbacks that still point here
    int64_t since_us, since_ms;     // in this state
    struct loop_timer timer;
};

// link.c
void link_start(struct link *link);
void link_end(struct link *link);
void link_connected(struct link *link);
void link_lost(struct link *link, const char *why);
// Tries at once when it waits for somebody who publishes.
void link_published(struct link *link);

// link_keep.c: links.json is to say soon what there is now.
void links_keep(struct links *links);
