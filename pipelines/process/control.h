#pragma once
#include <jansson.h>

// The control socket of a pipeline process: JSON objects, one a datagram. Commands come from the
// supervisor, events go to it. The first command is the spec.

struct control;

typedef void control_stop_h(void *arg);

// `fd` is the socket, or -1 on a command line: events are then printed, and nothing is received.
int control_alloc(struct control **controlp, int fd);
void control_free(struct control *control);

// Waits for the spec. EBADMSG when it is no JSON object, EPIPE when the gateway is gone.
int control_read_spec(struct control *control, json_t **specp);

// Calls `stop` once from the main loop: at {"do":"stop"}, at the gateway's end, at SIGTERM.
int control_watch(struct control *control, control_stop_h *stop, void *arg);

// Sends an event and takes over the reference. Any thread.
void control_event(struct control *control, json_t *event);

// {"event":"failed","reason":...}
void control_failed(struct control *control, const char *reason);
