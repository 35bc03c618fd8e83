#pragma once
#include <stdbool.h>

// Carries an offer to a server and its answer back; blocks. With an address: WHIP and WHEP by plain
// HTTP. Without: somebody else talks to the server. A line {"role", "client", "sdp"} goes to
// standard output and a line {"sdp"} or {"error"} is awaited on standard input.

struct exchange {
    const char *url; // "http://127.0.0.1:8080"; NULL: lines
    const char *room, *publish_token, *watch_token;
};

// Zero-terminated answer in *answerp, freed by mem_free(). ENOMEM, EINVAL (no such address),
// EBADMSG (refused: a line on standard error says what came), what sockets say.
int exchange_offer(const struct exchange *exchange, bool publish, unsigned client,
                   const char *offer, char **answerp);
