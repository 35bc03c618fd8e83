#pragma once
#include "signaling/server/conn.h"

// Listening sockets, accepting, and the limits that hold before a byte is read.

// Opens the sockets for `text` ("host:port"; ":port" is one socket for IPv4 and one for IPv6). The
// port that was got is kept in server->ports[tls]. EINVAL, EADDRINUSE and the like.
int listener_open(struct server *server, const char *text, bool tls);
void listener_close_all(struct server *server);
// Listens again after a lack of descriptors.
void listener_retry(struct server *server);
// Gives back one connection's share of its address. NULL is allowed.
void listener_release(struct server *server, struct peer *peer);
