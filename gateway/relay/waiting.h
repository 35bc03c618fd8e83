#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/relay/packet.h"

// RTP packets that wait to be sent, in queues, one cache line each: a viewer's own header and where
// the shared payload lies. A header too long for that goes on in further lines. Egress's own. All
// memory is taken at the start. One thread.

#define WAITING_LINES      65536
#define WAITING_HEADER_MAX 192
#define WAITING_HEAD       32 // bytes of the header in the first line

struct waiting_packet;

// Lines are numbered from 1 on; 0 is none.
struct waiting {
    uint32_t used;  // lines 1..used have been taken since all were free
    uint32_t spare; // of these, the first free one
    uint32_t count; // taken now
    struct waiting_packet *lines;
};

// Zeroed is empty.
struct waiting_queue {
    uint32_t first, last;
};

struct waiting_packet {
    struct packet *source; // referenced; NULL: the line is free, or has more of a header
    uint32_t next;
    uint32_t more; // line where the header goes on; 0: it does not
    union {
        struct {
            uint64_t index;  // as srtp_protect() wants it
            uint16_t offset; // of the payload in source->data
            uint16_t payload_len;
            uint8_t header_len, lead_len; // what leads stands behind the header
            uint8_t number_at;            // as in struct egress_packet
            bool kept;
            uint8_t head[WAITING_HEAD];
        };
        uint8_t rest[48];
    };
};

// ENOMEM.
int waiting_alloc(struct waiting **waitingp);
void waiting_free(struct waiting *waiting);

// Appends a packet with this header, which includes what leads and has at most WAITING_HEADER_MAX
// bytes: the caller fills in all from `index` to `kept`. The source is referenced. NULL when no
// line is left.
struct waiting_packet *waiting_put(struct waiting *waiting, struct waiting_queue *queue,
                                   struct packet *source, const uint8_t *header, size_t len);
// The first one; NULL when the queue is empty.
static inline const struct waiting_packet *waiting_first(const struct waiting *waiting,
                                                         const struct waiting_queue *queue)
{
    return queue->first ? &waiting->lines[queue->first] : NULL;
}

// Header and what leads; writes at least WAITING_HEAD bytes.
void waiting_header(const struct waiting *waiting, const struct waiting_packet *packet,
                    uint8_t *to);
// Drops the first one.
void waiting_drop(struct waiting *waiting, struct waiting_queue *queue);
void waiting_drop_all(struct waiting *waiting, struct waiting_queue *queue);

static inline size_t waiting_len(const struct waiting_packet *packet)
{
    return (size_t)packet->header_len + packet->lead_len + packet->payload_len;
}
