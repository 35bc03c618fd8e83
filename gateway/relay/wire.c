#include "gateway/relay/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"

#define FRAME_HEAD 2 // RFC 4571 section 2: length

struct wire_backlog {
    size_t start, end; // bytes waiting
    uint8_t data[WIRE_BACKLOG_MAX];
};

void wire_backlog_free(struct wire_backlog *backlog)
{
    mem_free(backlog);
}

uint8_t *wire_frame_begin(struct wire *wire, size_t len)
{
    if (wire->broken || len > UINT16_MAX)
        return NULL;
    if (!wire->backlog)
        wire->backlog = mem_zalloc(sizeof(*wire->backlog));
    struct wire_backlog *backlog = wire->backlog;
    if (!backlog)
        return NULL;
    if (WIRE_BACKLOG_MAX - backlog->end < FRAME_HEAD + len) {
        memmove(backlog->data, backlog->data + backlog->start, backlog->end - backlog->start);
        backlog->end -= backlog->start;
        backlog->start = 0;
    }
    if (WIRE_BACKLOG_MAX - backlog->end < FRAME_HEAD + len)
        return NULL;
    return backlog->data + backlog->end + FRAME_HEAD;
}

void wire_frame_end(struct wire *wire, size_t len)
{
    struct wire_backlog *backlog = wire->backlog;
    put_u16(backlog->data + backlog->end, (uint16_t)len);
    backlog->end += FRAME_HEAD + len;
}

int wire_write_backlog(struct wire *wire)
{
    struct wire_backlog *backlog = wire->backlog;
    while (backlog && backlog->start < backlog->end) {
        ssize_t n = send(wire->fd, backlog->data + backlog->start, backlog->end - backlog->start,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0) {
            backlog->start += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return EAGAIN;
        } else if (errno != EINTR) {
            wire->broken = true;
            return errno;
        }
    }
    if (backlog)
        backlog->start = backlog->end = 0;
    return 0;
}
