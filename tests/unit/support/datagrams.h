#pragma once
#include <stddef.h>
#include <stdint.h>

// Datagrams under way from one end of a test to the other.

#define DATAGRAMS_MAX 64
#define DATAGRAM_MAX  2048

struct datagrams {
    uint8_t data[DATAGRAMS_MAX][DATAGRAM_MAX];
    size_t len[DATAGRAMS_MAX];
    size_t count;
    size_t total;   // ever sent this way
    size_t lose;    // the number of the one to lose, from 1
    size_t longest; // bytes
};

// For handlers that send: `datagrams` is their argument. What does not fit is lost.
void datagrams_put(void *datagrams, const uint8_t *data, size_t len);
// What is under way now, for the other end; good until the next call.
const struct datagrams *datagrams_take(struct datagrams *datagrams);
