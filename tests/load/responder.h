#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Answers the checks of a server with full ICE, or one like Janus that checks back although it says
// lite. One thread.

struct responder;

// The password is read from our own session description. ENOMEM, EBADMSG.
int responder_alloc(struct responder **responderp, const char *offer);
void responder_free(struct responder *responder);
// Writes the answer to a check into `reply` and returns its length; 0 when it was none. `fd` is
// connected to the one who asked.
size_t responder_reply(struct responder *responder, int fd, const uint8_t *data, size_t len,
                       uint8_t *reply, size_t size);
