#pragma once
#include <stdint.h>

// The address of a STUN or TURN server as options have it: RFC 7064, RFC 7065.

enum ice_transport { ICE_SERVER_UDP, ICE_SERVER_TCP, ICE_SERVER_TLS };

struct ice_server {
    char host[256]; // a name or a numeric address, without brackets; empty: no server
    uint16_t port;
    enum ice_transport transport;
};

// Read "stun:HOST[:PORT]" and "turn:HOST[:PORT][?transport=udp|tcp]", "turns:HOST[:PORT]". An empty
// text or NULL is no server. EINVAL.
int ice_server_parse_stun(struct ice_server *server, const char *url);
int ice_server_parse_turn(struct ice_server *server, const char *url);
