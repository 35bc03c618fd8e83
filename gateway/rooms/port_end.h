#pragma once
#include <stdint.h>

#include "gateway/rooms/shard.h"

// The room's end of a pipeline's socket (port.h): a source, or a sink of one publication. One
// thread, the shard's.

struct port_end;

// Serves MESSAGE_PORT_OPEN; the descriptor passes to the port. The message stays the caller's.
void port_end_open(struct shard *shard, struct message_port *message, int64_t now_us);
// Ends it: the control thread is told, nothing comes in or goes out any more.
void port_end_end(struct port_end *port, const char *why);
// After port_end_end(), at the end of the turn, or for one that was never opened.
void port_end_free(struct port_end *port, int64_t now_us);
struct port_end *port_end_of_node(struct map_node *node);
struct port_end *port_end_of_dying(struct list *link);
int port_table_alloc(struct map **tablep);
