#include "gateway/relay/waiting.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"

static_assert(sizeof(struct waiting_packet) == 64, "one cache line");

int waiting_alloc(struct waiting **waitingp)
{
    struct waiting *waiting = mem_zalloc(sizeof(*waiting));
    if (!waiting)
        return ENOMEM;
    waiting->lines = mem_array(WAITING_LINES + 1, sizeof(struct waiting_packet));
    if (!waiting->lines) {
        mem_free(waiting);
        return ENOMEM;
    }
    *waitingp = waiting;
    return 0;
}

void waiting_free(struct waiting *waiting)
{
    if (!waiting)
        return;
    for (uint32_t line = 1; line <= waiting->used; line++)
        packet_drop(waiting->lines[line].source);
    mem_free(waiting->lines);
    mem_free(waiting);
}

// One behind the other as long as it goes: a turn's lines are written in order.
static uint32_t take_line(struct waiting *waiting)
{
    uint32_t line = waiting->spare;
    if (line)
        waiting->spare = waiting->lines[line].next;
    else if (waiting->used < WAITING_LINES)
        line = ++waiting->used;
    waiting->count += line != 0;
    return line;
}

static void give_line(struct waiting *waiting, uint32_t line)
{
    waiting->lines[line].source = NULL;
    waiting->lines[line].next = waiting->spare;
    waiting->spare = line;
    if (--waiting->count == 0)
        waiting->used = waiting->spare = 0;
}

static void give_header(struct waiting *waiting, uint32_t line)
{
    while (line) {
        uint32_t next = waiting->lines[line].next;
        give_line(waiting, line);
        line = next;
    }
}

// What of a header does not fit into the first line; *morep is the line where it begins.
static int put_rest(struct waiting *waiting, const uint8_t *header, size_t len, uint32_t *morep)
{
    uint32_t *link = morep;
    while (len) {
        size_t part = len < sizeof(waiting->lines->rest) ? len : sizeof(waiting->lines->rest);
        uint32_t line = take_line(waiting);
        *link = line;
        if (!line) {
            give_header(waiting, *morep);
            return ENOBUFS;
        }
        waiting->lines[line].source = NULL;
        waiting->lines[line].next = 0;
        memcpy(waiting->lines[line].rest, header, part);
        link = &waiting->lines[line].next;
        header += part;
        len -= part;
    }
    return 0;
}

static void append(struct waiting *waiting, struct waiting_queue *queue, uint32_t line)
{
    if (queue->first)
        waiting->lines[queue->last].next = line;
    else
        queue->first = line;
    queue->last = line;
}

struct waiting_packet *waiting_put(struct waiting *waiting, struct waiting_queue *queue,
                                   struct packet *source, const uint8_t *header, size_t len)
{
    size_t head_len = len < WAITING_HEAD ? len : WAITING_HEAD;
    uint32_t line = take_line(waiting);
    if (!line)
        return NULL;
    struct waiting_packet *to = &waiting->lines[line];
    memcpy(to->head, header, head_len);
    to->next = to->more = 0;
    if (len > head_len && put_rest(waiting, header + head_len, len - head_len, &to->more)) {
        give_line(waiting, line);
        return NULL;
    }
    to->source = packet_ref(source);
    append(waiting, queue, line);
    return to;
}

void waiting_header(const struct waiting *waiting, const struct waiting_packet *packet, uint8_t *to)
{
    size_t left = (size_t)packet->header_len + packet->lead_len;
    memcpy(to, packet->head, WAITING_HEAD);
    left = left > WAITING_HEAD ? left - WAITING_HEAD : 0;
    to += WAITING_HEAD;
    for (uint32_t line = packet->more; left; line = waiting->lines[line].next) {
        size_t part = left < sizeof(packet->rest) ? left : sizeof(packet->rest);
        memcpy(to, waiting->lines[line].rest, part);
        to += part;
        left -= part;
    }
}

void waiting_drop(struct waiting *waiting, struct waiting_queue *queue)
{
    uint32_t line = queue->first;
    if (!line)
        return;
    struct waiting_packet *packet = &waiting->lines[line];
    queue->first = packet->next;
    packet_drop(packet->source);
    if (packet->more)
        give_header(waiting, packet->more);
    give_line(waiting, line);
}

void waiting_drop_all(struct waiting *waiting, struct waiting_queue *queue)
{
    while (queue->first)
        waiting_drop(waiting, queue);
}
