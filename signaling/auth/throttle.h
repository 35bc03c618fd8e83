#pragma once
#include <stddef.h>
#include <stdint.h>

// Counts by key (a name and address, an address) and says when it is enough. Memory is bounded: the
// key longest untouched is forgotten first. Time is given. One thread.

struct throttle;

struct throttle_rule {
    unsigned limit; // this many within `window_ms`...
    int64_t window_ms;
    int64_t block_ms; // ...and the key is blocked this long
    size_t keys_max;
};

// Sign-in: five failures block name+address for 15 minutes; ten attempts a minute an address.
extern const struct throttle_rule throttle_sign_in;
extern const struct throttle_rule throttle_address;

int throttle_alloc(struct throttle **throttlep, const struct throttle_rule *rule);
void throttle_free(struct throttle *throttle);

// 0 when the key may go on, otherwise milliseconds to wait (for Retry-After).
int64_t throttle_wait_ms(const struct throttle *throttle, const char *key, int64_t now_ms);
// Counts one (a failure, an attempt). The block begins with the one that reaches the limit.
void throttle_count(struct throttle *throttle, const char *key, int64_t now_ms);
// One that was counted was none after all: it no longer counts, and blocks nobody.
void throttle_take_back(struct throttle *throttle, const char *key);
// Forgets a key (after success).
void throttle_clear(struct throttle *throttle, const char *key);
