#pragma once
#include "signaling/server/inside.h"

// Reads certificate and key of the configuration into `ctx`, all or nothing. EINVAL: a file is
// missing, unreadable or they do not fit each other; `ctx` is then as it was. NULL only checks.
int tls_load(struct server *server, SSL_CTX *ctx);
// Sets what is allowed on the wire: TLS 1.2 and up, forward secrecy only.
int tls_harden(SSL_CTX *ctx);
// Loads again when a file is newer than what was read. Called by the sweep.
void tls_look(struct server *server, int64_t now_us);
