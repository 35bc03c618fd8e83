#pragma once
#include <stddef.h>
#include <stdint.h>

#include "gateway/relay/packet.h"

// RFC 4571: datagrams on a TCP connection, each behind its length in two bytes. Pure; one a
// connection.

#define TCP_FRAME_MAX PACKET_MAX

struct tcp_frame {
    size_t have; // bytes of an unfinished frame, its length included
    uint8_t bytes[2 + TCP_FRAME_MAX];
};

// One whole frame; anything but 0 stops.
typedef int tcp_frame_h(void *arg, const uint8_t *frame, size_t len);

// Takes what a read gave and calls `handler` for each frame that is whole now; empty frames are
// skipped. EMSGSIZE when a frame longer than TCP_FRAME_MAX is announced (the connection cannot be
// used any more), or what the handler gave.
int tcp_frame_feed(struct tcp_frame *frame, const uint8_t *data, size_t len, tcp_frame_h *handler,
                   void *arg);
