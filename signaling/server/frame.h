#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// WebSocket frames from a client (RFC 6455 section 5), read strictly. Pure.

enum frame_opcode {
    FRAME_CONTINUATION = 0,
    FRAME_TEXT = 1,
    FRAME_BINARY = 2,
    FRAME_CLOSE = 8,
    FRAME_PING = 9,
    FRAME_PONG = 10,
};

#define FRAME_CONTROL_MAX 125
#define FRAME_HEAD_MAX    10 // of what a server sends: no mask

// Zeroed at the start of a connection.
struct frame {
    uint8_t head[14];
    uint8_t have;
    bool complete;     // the head is read, the payload is under way
    bool message_open; // a text or binary message still waits for its last fragment
    bool final;
    uint8_t opcode;
    uint8_t mask[4];
    unsigned mask_at;
    uint64_t left; // payload bytes still to come
};

// Takes bytes of the next frame's head. 0: the head is complete; EAGAIN: more is needed; EPROTO: an
// unmasked frame, reserved bit or opcode, long or fragmented control frame, a length not in its
// shortest form, a continuation of nothing. `*used` bytes were taken.
int frame_head(struct frame *frame, const uint8_t *bytes, size_t len, size_t *used);

// Unmasks up to `len` payload bytes into `out`; returns how many belonged to this frame. When
// `left` becomes 0 the frame is over and frame_head() starts the next.
size_t frame_payload(struct frame *frame, const uint8_t *bytes, size_t len, char *out);

static inline bool frame_is_control(const struct frame *frame)
{
    return (frame->opcode & 8) != 0;
}

// Writes the head of a whole, unmasked frame into `head` (FRAME_HEAD_MAX bytes); returns its
// length.
size_t frame_write_head(uint8_t *head, enum frame_opcode opcode, size_t payload);

// May a peer send this close code (RFC 6455 section 7.4)?
bool frame_close_code_valid(int code);
