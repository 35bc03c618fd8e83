#pragma once

// Where a shard listens, and the addresses it tells clients.

struct shard;

// Binds UDP and TCP of the shard on one port number, the same for all its addresses, and fills in
// shard->port and shard->candidates. EADDRINUSE and what else the system says; EADDRNOTAVAIL when
// there is no address at all.
int listen_all(struct shard *shard);
