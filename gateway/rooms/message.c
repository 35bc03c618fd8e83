#include "gateway/rooms/message.h"

#include <unistd.h>

#include "gateway/base/mem.h"
#include "gateway/rooms/line_local.h"

void *message_alloc(enum message_kind kind, size_t size)
{
    struct msg *msg = mem_zalloc(size);
    if (msg)
        msg->kind = kind;
    return msg;
}

void message_free(struct msg *msg)
{
    if (!msg || msg->kind == MESSAGE_WAKE) // that one is part of its owner
        return;
    if (msg->kind == MESSAGE_PORT_OPEN && ((struct message_port *)msg)->fd >= 0)
        close(((struct message_port *)msg)->fd);
    if (msg->kind == MESSAGE_OPEN || msg->kind == MESSAGE_ANSWER)
        line_local_free(((struct message_open *)msg)->line);
    if (msg->kind == MESSAGE_LINE_RESTART || msg->kind == MESSAGE_RESULT)
        line_local_free(((struct message_request *)msg)->line);
    mem_free(msg);
}
