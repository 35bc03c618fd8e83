#pragma once
#include "gateway/base/ice_server.h"
#include "gateway/base/inbox.h"
#include "gateway/rooms/message.h"

// The agent thread: full ICE (RFC 8445) by libnice's NiceAgent, one a session, for sessions this
// gateway begins itself (rooms_dial()) and for a gateway behind a NAT. ICE-lite is for everybody
// else: there a datagram has one hop less. All of GLib is on this thread and nowhere else.
//
// A MESSAGE_OPEN goes through here on its way to its shard: the agent gathers candidates, puts them
// and the shard's end of a line (line.h) into the message, and passes it on. From then on the line
// is the session's path; the shard is told by MESSAGE_LINE_UP when ICE has connected.

struct agents;

struct agents_config {
    struct inbox *const *shards; // by index; all inboxes outlive the thread
    struct inbox *control;
    struct inbox *inbox;          // the thread's own, for MESSAGE_OPEN and MESSAGE_LINE_REMOTE
    const char *listen[2];        // as the shards': addresses to gather on
    struct ice_server stun, turn; // names are resolved when candidates are gathered
    rooms_credential *credential; // for the TURN server; called on the agent thread
    void *arg;
};

// Starts the thread. ENOMEM, EAGAIN.
int agents_alloc(struct agents **agentsp, const struct agents_config *config);
// Sends what is still on the lines, gives relayed addresses back, and joins the thread. Requests
// that were being gathered for go back to the control thread as refused. The shards are stopped by
// then.
void agents_free(struct agents *agents);
