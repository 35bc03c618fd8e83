#include "gateway/rooms/line.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/session.h"

#define READS_A_TURN 64

struct line {
    struct shard *shard;
    struct session *session;
    struct wire wire;
    struct path path;
};

// --- what comes ---------------------------------------------------------------------------------

static void take(struct line *line, struct packet *packet, size_t len, int64_t now_us)
{
    struct shard_stats *stats = &line->shard->stats;
    counter_add(&stats->packets_in, 1);
    counter_add(&stats->bytes_in, len);
    if (!packet) {
        drop(&stats->drops, DROP_NO_BUFFER);
        return;
    }
    if (len > PACKET_MAX) {
        drop(&stats->drops, DROP_TOO_LONG);
        return;
    }
    packet->len = len;
    packet->arrival_us = now_us;
    shard_take(line->shard, &line->path, packet, now_us);
}

// False when there is nothing more to read, or the agent is gone: it has lost the other end.
static bool read_one(struct line *line, int64_t now_us)
{
    uint8_t waste[1];
    struct packet *packet = packet_take_for(&line->shard->packets, PACKET_MAX);
    ssize_t got = recv(line->wire.fd, packet ? packet->data : waste,
                       packet ? PACKET_MAX : sizeof(waste), MSG_DONTWAIT | MSG_TRUNC);
    if (got > 0)
        take(line, packet, (size_t)got, now_us);
    packet_drop(packet);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        session_lost(line->session, now_us);
    return got > 0;
}

static void on_readable(void *arg, uint32_t events, int64_t now_us)
{
    struct line *line = arg;
    (void)events;
    line->shard->now_us = now_us;
    for (unsigned i = 0; i < READS_A_TURN && !line->session->ended; i++)
        if (!read_one(line, now_us))
            return;
}

// --- life ---------------------------------------------------------------------------------------

int line_alloc(struct line **linep, struct shard *shard, struct session *session,
               struct line_local *local)
{
    struct line *line = mem_zalloc(sizeof(*line));
    if (!line)
        return ENOMEM; // whoever frees *local closes the descriptor
    line->shard = shard;
    line->session = session;
    line->wire = (struct wire){.kind = WIRE_PORT, .fd = local->fd, .owner = line};
    line->path = (struct path){.wire = &line->wire};
    line->path.remote.v4.sin_family = AF_INET;
    local->fd = -1;
    int err = loop_fd_add(shard->loop, line->wire.fd, EPOLLIN, on_readable, line);
    if (err)
        line_free(line);
    else
        *linep = line;
    return err;
}

void line_free(struct line *line)
{
    if (!line)
        return;
    egress_forget_wire(line->shard->egress, &line->wire);
    loop_fd_remove(line->shard->loop, line->wire.fd);
    close(line->wire.fd);
    mem_free(line);
}

const struct path *line_path(const struct line *line)
{
    return &line->path;
}

// --- what the other end said --------------------------------------------------------------------

static void add_candidate(struct message_line *message, const struct sdp_candidate *from)
{
    struct line_candidate *to = &message->candidate[message->count];
    struct addr addr;
    if (message->count == LINE_CANDIDATES_MAX || from->transport != SDP_TRANSPORT_UDP ||
        from->component != 1 || from->type == SDP_CANDIDATE_OTHER ||
        slice_copy(to->address, sizeof(to->address), from->address) != 0 ||
        addr_parse(&addr, to->address) != 0 ||
        slice_copy(to->foundation, sizeof(to->foundation), from->foundation) != 0)
        return;
    to->type = from->type;
    to->priority = from->priority;
    to->port = from->port;
    message->count++;
}

int line_tell(const struct line *line, const struct line_remote *remote)
{
    struct message_line *message = message_alloc(MESSAGE_LINE_REMOTE, sizeof(*message));
    if (!message)
        return ENOMEM;
    text_copy(message->id, sizeof(message->id), line->session->id);
    (void)slice_copy(message->ufrag, sizeof(message->ufrag), remote->ufrag);
    (void)slice_copy(message->pwd, sizeof(message->pwd), remote->pwd);
    message->complete = remote->complete;
    for (size_t i = 0; i < remote->count; i++)
        add_candidate(message, &remote->candidates[i]);
    inbox_push(line->shard->config.agents, &message->msg);
    return 0;
}
