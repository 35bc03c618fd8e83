#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/peer/path.h"

// What datagrams travel on. The shard owns its wires; egress writes to them.

enum wire_kind {
    WIRE_UDP,  // the shard's UDP socket of one address family; many peers
    WIRE_TCP,  // one ICE-TCP connection, RFC 4571 framing; one peer
    WIRE_PORT, // a pipeline's socket pair, plain RTP
};

// Bytes a TCP connection has not taken yet; bounded. It comes with the first frame: strangers, who
// are sent nothing, cost no such memory.
struct wire_backlog;

struct wire {
    enum wire_kind kind;
    int fd;                       // not blocking
    struct wire_backlog *backlog; // WIRE_TCP only; NULL before the first frame
    bool broken;                  // writing failed for good; the shard closes it
    // WIRE_TCP: bytes have to wait; watch for EPOLLOUT and then call wire_write_backlog(). May be
    // NULL.
    void (*blocked)(struct wire *wire);
    void *owner; // the shard's own record
};

// A frame of RFC 4571 carries at most 65535 bytes; the backlog of one connection is this long, and
// what does not fit is dropped as whole frames.
#define WIRE_BACKLOG_MAX ((size_t)256 * 1024)

void wire_backlog_free(struct wire_backlog *backlog);

// Room for one frame of at most `len` bytes at the end of a TCP wire's backlog; NULL when it is
// full or memory is short. The caller writes there and tells with wire_frame_end() how much it was;
// nothing is sent yet.
uint8_t *wire_frame_begin(struct wire *wire, size_t len);
void wire_frame_end(struct wire *wire, size_t len);
// Sends what the backlog holds. 0, EAGAIN (more left), or the error (the wire is broken).
int wire_write_backlog(struct wire *wire);
