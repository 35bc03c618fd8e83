#pragma once
#include "signaling/api/api.h"

// The whole API over a small clinic in memory: guards, handlers and the live WebSocket are the real
// ones; sockets, store and media core are not there. Requests are answered before api_world_ask()
// returns.

struct ws_conn { // one WebSocket, as the API sees it
    void *user;
    const char *token, *cookie; // what it came with; NULL: nothing
    bool closing;
    unsigned sent;
};

struct api *api_world_open(void);
void api_world_close(struct api *api);

// A token that opens rooms, a booth's and a member's; they live as long as the program.
const char *api_world_token(enum token_purpose purpose);

// A head as head_parse() takes it (`text`, which is changed) and a body. The status of the reply, 0
// when it is answered later or never. EBADMSG etc. of head_parse() as a negative number.
int api_world_ask(struct api *api, char *text, size_t len, const uint8_t *body, size_t body_len);

// Between the files of this: the media core answers what it was asked; the last session's address.
void api_world_answer(void);
void api_server_forget(void);
