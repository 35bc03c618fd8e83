#pragma once
#include <stdint.h>

#include "gateway/base/addr.h"
#include "gateway/base/list.h"
#include "gateway/relay/wire.h"

// ICE-TCP, passive (RFC 6544 with the framing of RFC 4571): the listeners of a shard and their
// connections. A connection counts as nobody's until an authentic check came on it; those are few
// and live for ten seconds. One thread, the shard's.

#define TCP_CONNECTIONS_MAX 4096
#define TCP_STRANGERS_MAX   256
#define TCP_STRANGER_US     (10 * 1000000LL)
#define TCP_IDLE_US         (60 * 1000000LL)

struct shard;
struct session;
struct tcp;

int tcp_alloc(struct tcp **tcpp, struct shard *shard);
// Closes everything.
void tcp_free(struct tcp *tcp);
// Listens; `addr` has its port. EADDRINUSE and what else the system says.
int tcp_listen(struct tcp *tcp, const struct addr *addr);
// Stops listening, after tcp_listen() for another try with another port.
void tcp_unlisten(struct tcp *tcp);

// An authentic check for `session` came on a TCP wire. False when the connection is another
// session's: then the check counts for nothing.
bool tcp_adopt(struct wire *wire, struct session *session);
// Closes all connections of a session that is being freed.
void tcp_close_session(struct session *session);
