#pragma once
#include "tests/unit/support/media.h"

#include "gateway/relay/sub.h"

// The end of a viewer's way: what is sent through `egress` to `outlet` comes out of a socket, as
// plain RTP. A test has one.

#define VIEWER_BLOCKS 2048 // in the pool

extern struct pool *pool;
extern struct egress *egress;
extern struct drops drops;
extern struct outlet outlet;
extern int viewer; // the socket

// What the viewer got last.
extern uint8_t got[2048];
extern size_t got_len;
extern struct rtp_header rtp;

// Made anew for a test, as its setup and in its teardown; then every packet has to be back in the
// pool.
int viewer_open(void **state);
int viewer_close(void **state);

// The next datagram the viewer has; false when there is none.
bool viewer_next(void);
