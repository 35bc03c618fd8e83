#pragma once
#include <stddef.h>
#include <stdint.h>

// Redundant audio, RFC 2198 section 3: the newest ("primary") block of a payload.

struct red_primary {
    uint8_t pt;
    const uint8_t *data; // into the payload
    size_t len;
};

// EBADMSG when the blocks do not fit into the payload.
int red_parse(struct red_primary *primary, const uint8_t *payload, size_t len);
