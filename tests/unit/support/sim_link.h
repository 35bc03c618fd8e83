#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One direction of a network in virtual time: a bottleneck with a queue, then delay, jitter, loss
// (at random, and in Gilbert bursts), reordering and duplication. The same seed gives the same
// network. Packets come out in the order of arrival.

#define SIM_DATA_MAX   1400
#define SIM_FLIGHT_MAX 8192

struct sim_random {
    uint64_t state;
};
double sim_random(struct sim_random *random); // 0 <= x < 1

struct sim_link_config {
    uint64_t rate;    // bit/s; 0: no bottleneck
    int64_t queue_us; // of the bottleneck: what would wait longer is dropped
    int64_t delay_us, jitter_us;
    bool ordered; // once a second all stands still for up to the jitter; nothing overtakes
    bool wanders; // jitter comes and goes within some hundred milliseconds; nothing overtakes
    double loss;  // at random
    double burst_in, burst_out; // Gilbert: probability to enter and to leave a burst, a packet
    double twice;               // duplicated
};

// What travels. `len` counts on the link; the rest is the ends' own.
struct sim_packet {
    int64_t arrival_us;
    size_t len;
    uint16_t transport_seq;
    uint8_t kind;
    uint32_t seq;   // of its stream, without wrap-around
    uint32_t frame; // pictures
    uint8_t layer;
    bool key, first, last; // first and last packet of its frame
    uint8_t depth;         // speech: so many frames before it are repeated inside
    uint8_t *data;         // feedback; owned by the link until taken
};

struct sim_link;

struct sim_link *sim_link_new(const struct sim_link_config *config, uint64_t seed);
void sim_link_free(struct sim_link *link);
struct sim_link_config *sim_link_config(struct sim_link *link); // may be changed at any time

// `data`, `len` of them copied, when packet->data is not NULL.
void sim_link_send(struct sim_link *link, const struct sim_packet *packet, int64_t now_us);
// The next one that has arrived by now; its data are the caller's until the next call.
bool sim_link_take(struct sim_link *link, struct sim_packet *packet, int64_t now_us);
// How long a packet sent now would wait in the bottleneck's queue.
int64_t sim_link_queue(const struct sim_link *link, int64_t now_us);
