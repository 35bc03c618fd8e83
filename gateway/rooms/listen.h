#pragma once

// Where a shard listens, and the addresses it tells clients.

struct address_list;
struct shard;

// The addresses behind what is listened on (SHARD_SOCKETS numeric hosts or NULLs): the machine's
// own for "0.0.0.0" and "::", the loopback's only when there are no others.
void listen_addresses(const char *const *listen, struct address_list *list);

// Binds UDP and TCP of the shard on one port number, the same for all its addresses, and fills in
// shard->port and shard->candidates. EADDRINUSE and what else the system says; EADDRNOTAVAIL when
// there is no address at all.
int listen_all(struct shard *shard);
