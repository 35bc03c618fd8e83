#pragma once
#include <stdbool.h>
#include <stddef.h>

// The HTTP of a client that comes and goes: one request on one connection, waited for. One thread.

struct whip {
    const char *host; // numeric
    unsigned port;
    const char *room;
    const char *publish_token, *watch_token;
};

struct whip_session {
    char answer[8192];
    char location[128];
};

// Posts an offer. EBUSY: the server has no room at the moment (503); EBADMSG: another status, said
// on standard error; or what the socket says.
int whip_open(const struct whip *whip, bool publish, const char *offer,
              struct whip_session *session);
// Deletes the session. Errors as above.
int whip_end(const struct whip *whip, bool publish, const struct whip_session *session);
