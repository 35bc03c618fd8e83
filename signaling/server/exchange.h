#pragma once
#include "signaling/server/conn.h"

// HTTP on a connection: finds requests in what was read, hands them on, one at a time and in order.

// Goes on with what was read. Safe to call at any time.
void exchange_process(struct conn *conn);
// The request's reply is queued; `close`: the connection ends after it.
void exchange_done(struct conn *conn, bool close);
// The connection's deadline has passed: a slow head or body, or an idle keep-alive.
void exchange_deadline(struct conn *conn);
// The client has gone away: the request, if a handler has it, lives on without a connection.
void exchange_gone(struct conn *conn);
