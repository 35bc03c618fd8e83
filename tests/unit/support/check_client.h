#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stun/stunagent.h>

#include "gateway/peer/ice.h"

// The other side of ICE: connectivity checks as a client writes them, by libnice's STUN library.

struct check {
    uint8_t data[1600];
    size_t len;
};

// How a check is to be written.
struct check_wish {
    bool use_candidate;
    bool controlled;
    const char *ufrag, *pwd; // whom it is for; NULL: what `ice` has
    const char *their_ufrag; // who writes; NULL: "them"
};

void check_client_init(StunAgent *client);
struct check check_make(StunAgent *client, const struct ice *ice, const struct check_wish *wish);
// The client expects no answer to it any more.
void check_forget(StunAgent *client, const struct check *check);
// An authentic message of any class and method with `copies` empty attributes of one type.
struct check check_make_odd(StunAgent *client, const struct ice *ice, unsigned class_and_method,
                            uint16_t attribute, size_t copies);
#define CHECK_KIND(class, method) ((unsigned)(class) << 16 | (unsigned)(method))
