#pragma once
#include <nice/agent.h>
#include <stdbool.h>

#include "gateway/base/map.h"
#include "gateway/rooms/agent.h"
#include "gateway/rooms/line.h"

// One NiceAgent and the agent's end of its line. On the agent thread.

struct agents {
    struct agents_config config;
    struct msg *stop; // prepared: stopping must not fail
    GMainContext *context;
    GSource *inbox_source;
    struct map *lines; // agent_line.by_id
    unsigned leaving;  // NiceAgents that are giving their relayed address back
    bool stopping;
    pthread_t thread;
    bool running;
};

struct agent_line {
    struct map_node by_id;
    struct agents *agents;
    char id[ROOMS_ID_MAX];
    unsigned shard;
    NiceAgent *nice;
    guint stream;
    int fd;
    GSource *readable, *patience;
    struct message_open *request; // candidates are being gathered for it; NULL afterwards
    struct line_local *local;     // for that request
    struct message_id *up;        // prepared; NULL once told
};

// Begins to gather for a request, which it keeps: it goes on to its shard, or back refused. On
// error the request is still the caller's. ENOMEM, EADDRNOTAVAIL, and what the system says.
int agent_line_open(struct agents *agents, struct message_open *request);
// What the other end said.
void agent_line_remote(struct agent_line *line, const struct message_line *remote);
// Restarts ICE: its new credentials and the candidates it has, or NULL.
struct line_local *agent_line_restart(struct agent_line *line);
// Sends what its shard has still written, and ends it.
void agent_line_close(struct agent_line *line);
// Sends a request back to the control thread: 503.
void agent_refuse(struct agents *agents, struct message_open *request, const char *detail);
