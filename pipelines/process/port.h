#pragma once
#include <stddef.h>
#include <stdint.h>

#include "gateway/rooms/port.h"

// The pipeline's end of the RTP socket pair: sends packets from any thread, and hands what arrives
// to one handler on the main loop.

struct port;

typedef void port_packet_h(void *arg, const uint8_t *packet, size_t len);

int port_alloc(struct port **portp, int fd);
void port_free(struct port *port);

// Sends one packet. Waits a moment when the room is slow, then drops it. Any thread.
void port_send(struct port *port, const void *packet, size_t len);

// The same without waiting: for feedback, which is soon said again. Any thread.
void port_send_now(struct port *port, const void *packet, size_t len);

// From now on `handler` gets each RTP and RTCP packet (RFC 5761: tell them apart by the second
// byte).
int port_watch(struct port *port, port_packet_h *handler, void *arg);

// RFC 5761 section 4.
static inline int port_is_rtcp(const uint8_t *packet, size_t len)
{
    return len >= 2 && packet[1] >= 192 && packet[1] <= 223;
}
