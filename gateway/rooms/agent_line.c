#include "gateway/rooms/agent_line.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/address.h"
#include "gateway/rooms/listen.h"

#define COMPONENT    1
#define GATHER_MS    3000 // then what there is has to do
#define READS_A_TURN 64
#define DATAGRAM_MAX 2048

// --- gathering ----------------------------------------------------------------------------------

static void take_candidates(struct agent_line *line, struct line_local *local)
{
    GSList *all = nice_agent_get_local_candidates(line->nice, line->stream, COMPONENT);
    for (GSList *at = all; at && local->count < LINE_CANDIDATES_MAX; at = at->next) {
        gchar *text = nice_agent_generate_local_candidate_sdp(line->nice, at->data);
        const char *value = strncmp(text, "a=", 2) == 0 ? text + 2 : text;
        if (text_copy(local->candidate[local->count], LINE_CANDIDATE_MAX, value))
            local->count++;
        g_free(text);
    }
    g_slist_free_full(all, (GDestroyNotify)nice_candidate_free);
}

static bool take_credentials(struct agent_line *line, struct line_local *local)
{
    gchar *ufrag = NULL, *pwd = NULL;
    bool good = nice_agent_get_local_credentials(line->nice, line->stream, &ufrag, &pwd) &&
                text_copy(local->ufrag, sizeof(local->ufrag), ufrag) &&
                text_copy(local->pwd, sizeof(local->pwd), pwd);
    g_free(ufrag);
    g_free(pwd);
    return good;
}

// Bursts of a keyframe's packets are longer than the system's default buffer.
static void widen_sockets(struct agent_line *line)
{
    int size = LINE_BUFFER;
    GPtrArray *sockets = nice_agent_get_sockets(line->nice, line->stream, COMPONENT);
    for (guint i = 0; sockets && i < sockets->len; i++) {
        int fd = g_socket_get_fd(g_ptr_array_index(sockets, i));
        if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
            setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    }
    if (sockets)
        g_ptr_array_unref(sockets);
}

static void forget_source(GSource **sourcep)
{
    if (!*sourcep)
        return;
    g_source_destroy(*sourcep);
    g_source_unref(*sourcep);
    *sourcep = NULL;
}

// The request goes on to its shard with what was found.
static void pass_on(struct agent_line *line)
{
    struct message_open *request = line->request;
    if (!request)
        return;
    line->request = NULL;
    forget_source(&line->patience);
    take_candidates(line, line->local);
    widen_sockets(line);
    if (line->local->count && take_credentials(line, line->local)) {
        request->line = line->local;
        line->local = NULL;
        inbox_push(line->agents->config.shards[line->shard], &request->msg);
        return;
    }
    agent_refuse(line->agents, request, "this gateway has no address to be reached at");
    shutdown(line->fd, SHUT_RDWR); // wakes on_readable(), which closes it
}

static void on_gathered(NiceAgent *nice, guint stream, gpointer arg)
{
    (void)nice;
    (void)stream;
    pass_on(arg);
}

static gboolean on_patience(gpointer arg)
{
    pass_on(arg);
    return G_SOURCE_REMOVE;
}

// --- datagrams ----------------------------------------------------------------------------------

static void on_received(NiceAgent *nice, guint stream, guint component, guint len, gchar *data,
                        gpointer arg)
{
    struct agent_line *line = arg;
    (void)nice;
    (void)stream;
    (void)component;
    // A shard that does not keep up loses it, as it would on a full UDP socket.
    (void)send(line->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// False when nothing is left; *gone when nothing will come any more.
static bool forward_one(struct agent_line *line, bool *gone)
{
    char data[DATAGRAM_MAX];
    ssize_t len = recv(line->fd, data, sizeof(data), MSG_DONTWAIT);
    *gone = len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR);
    if (len > 0) // what cannot be sent is lost, as datagrams are
        (void)nice_agent_send(line->nice, line->stream, COMPONENT, (guint)len, data);
    return len > 0;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer arg)
{
    struct agent_line *line = arg;
    bool gone = false;
    (void)fd;
    (void)condition;
    for (unsigned i = 0; i < READS_A_TURN && forward_one(line, &gone); i++)
        continue;
    if (gone)
        agent_line_close(line);
    return G_SOURCE_CONTINUE; // harmless for a source that is destroyed
}

// --- the state of ICE ---------------------------------------------------------------------------

static void on_state(NiceAgent *nice, guint stream, guint component, guint state, gpointer arg)
{
    struct agent_line *line = arg;
    struct message_id *up = line->up;
    (void)nice;
    (void)stream;
    (void)component;
    if (up && (state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY)) {
        line->up = NULL;
        inbox_push(line->agents->config.shards[line->shard], &up->msg);
    } else if (state == NICE_COMPONENT_STATE_FAILED && !line->request) {
        shutdown(line->fd, SHUT_RDWR); // the shard sees the end of file, and so does on_readable()
    }
}

static NiceCandidateType nice_type(enum sdp_candidate_type type)
{
    switch (type) {
    case SDP_CANDIDATE_SRFLX:
        return NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE;
    case SDP_CANDIDATE_PRFLX:
        return NICE_CANDIDATE_TYPE_PEER_REFLEXIVE;
    case SDP_CANDIDATE_RELAY:
        return NICE_CANDIDATE_TYPE_RELAYED;
    default:
        return NICE_CANDIDATE_TYPE_HOST;
    }
}

static NiceCandidate *candidate_new(const struct agent_line *line,
                                    const struct line_candidate *from)
{
    NiceCandidate *to = nice_candidate_new(nice_type(from->type));
    to->stream_id = line->stream;
    to->component_id = COMPONENT;
    to->transport = NICE_CANDIDATE_TRANSPORT_UDP;
    to->priority = from->priority;
    text_copy(to->foundation, sizeof(to->foundation), from->foundation);
    nice_address_set_from_string(&to->addr, from->address);
    nice_address_set_port(&to->addr, from->port);
    return to;
}

void agent_line_remote(struct agent_line *line, const struct message_line *remote)
{
    GSList *candidates = NULL;
    for (size_t i = 0; i < remote->count; i++)
        candidates = g_slist_append(candidates, candidate_new(line, &remote->candidate[i]));
    if (remote->ufrag[0])
        nice_agent_set_remote_credentials(line->nice, line->stream, remote->ufrag, remote->pwd);
    if (candidates)
        nice_agent_set_remote_candidates(line->nice, line->stream, COMPONENT, candidates);
    if (remote->complete)
        nice_agent_peer_candidate_gathering_done(line->nice, line->stream);
    g_slist_free_full(candidates, (GDestroyNotify)nice_candidate_free);
}

struct line_local *agent_line_restart(struct agent_line *line)
{
    struct line_local *local = mem_zalloc(sizeof(*local));
    if (!local)
        return NULL;
    local->fd = -1;
    if (nice_agent_restart_stream(line->nice, line->stream) && take_credentials(line, local)) {
        take_candidates(line, local);
        return local;
    }
    line_local_free(local);
    return NULL;
}

// --- life ---------------------------------------------------------------------------------------

static void add_addresses(struct agent_line *line)
{
    struct address_list list = {0};
    listen_addresses(line->agents->config.listen, &list);
    for (size_t i = 0; i < list.count; i++) {
        NiceAddress address;
        nice_address_init(&address);
        nice_address_set_from_sockaddr(&address, &list.addr[i].sa);
        nice_agent_add_local_address(line->nice, &address);
    }
}

static void set_servers(struct agent_line *line)
{
    static const NiceRelayType types[] = {[ICE_SERVER_UDP] = NICE_RELAY_TYPE_TURN_UDP,
                                          [ICE_SERVER_TCP] = NICE_RELAY_TYPE_TURN_TCP,
                                          [ICE_SERVER_TLS] = NICE_RELAY_TYPE_TURN_TLS};
    const struct agents_config *config = &line->agents->config;
    char user[ROOMS_CREDENTIAL_MAX] = "", password[ROOMS_CREDENTIAL_MAX] = "";
    if (config->stun.host[0])
        g_object_set(line->nice, "stun-server", config->stun.host, "stun-server-port",
                     (guint)config->stun.port, NULL);
    if (config->turn.host[0] && config->credential &&
        config->credential(config->arg, line->id, user, password) == 0)
        nice_agent_set_relay_info(line->nice, line->stream, COMPONENT, config->turn.host,
                                  config->turn.port, user, password, types[config->turn.transport]);
}

// The offerer controls (RFC 8445 section 6.1.1), and a client's offer is full ICE.
static int start_nice(struct agent_line *line, bool controlling)
{
    GMainContext *context = line->agents->context;
    line->nice = nice_agent_new_full(context, NICE_COMPATIBILITY_RFC5245,
                                     NICE_AGENT_OPTION_REGULAR_NOMINATION |
                                         NICE_AGENT_OPTION_ICE_TRICKLE |
                                         NICE_AGENT_OPTION_CONSENT_FRESHNESS);
    g_object_set(line->nice, "controlling-mode", (gboolean)controlling, "ice-tcp", FALSE, "upnp",
                 FALSE, NULL);
    add_addresses(line);
    line->stream = nice_agent_add_stream(line->nice, 1);
    if (!line->stream)
        return ENOMEM;
    set_servers(line);
    g_signal_connect(line->nice, "candidate-gathering-done", G_CALLBACK(on_gathered), line);
    g_signal_connect(line->nice, "component-state-changed", G_CALLBACK(on_state), line);
    nice_agent_attach_recv(line->nice, line->stream, COMPONENT, context, on_received, line);
    line->patience = g_timeout_source_new(GATHER_MS);
    g_source_set_callback(line->patience, on_patience, line, NULL);
    g_source_attach(line->patience, context);
    return nice_agent_gather_candidates(line->nice, line->stream) ? 0 : EADDRNOTAVAIL;
}

static int make_pair(struct agent_line *line)
{
    int fds[2], size = LINE_BUFFER;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
        return errno;
    for (int i = 0; i < 2; i++)
        if (setsockopt(fds[i], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
            setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    line->fd = fds[0];
    line->local->fd = fds[1];
    line->readable = g_unix_fd_source_new(line->fd, G_IO_IN);
    g_source_set_callback(line->readable, G_SOURCE_FUNC(on_readable), line, NULL);
    g_source_attach(line->readable, line->agents->context);
    return 0;
}

static void on_left(GObject *nice, GAsyncResult *result, gpointer arg)
{
    struct agents *agents = arg;
    (void)result;
    g_object_unref(nice);
    agents->leaving--;
}

// Relayed addresses are given back before the NiceAgent goes.
static void let_go(struct agent_line *line)
{
    g_signal_handlers_disconnect_by_data(line->nice, line);
    if (line->stream)
        nice_agent_attach_recv(line->nice, line->stream, COMPONENT, line->agents->context, NULL,
                               NULL);
    line->agents->leaving++;
    nice_agent_close_async(line->nice, on_left, line->agents);
}

static void release(struct agent_line *line)
{
    forget_source(&line->patience);
    forget_source(&line->readable);
    if (line->nice)
        let_go(line);
    if (line->fd >= 0)
        close(line->fd);
    line_local_free(line->local);
    message_free(line->up ? &line->up->msg : NULL);
    mem_free(line);
}

int agent_line_open(struct agents *agents, struct message_open *request)
{
    struct agent_line *line = mem_zalloc(sizeof(*line));
    if (!line)
        return ENOMEM;
    line->agents = agents;
    line->fd = -1;
    line->shard = request->shard;
    text_copy(line->id, sizeof(line->id), request->session);
    line->local = mem_zalloc(sizeof(*line->local));
    line->up = message_alloc(MESSAGE_LINE_UP, sizeof(*line->up));
    int err = line->local && line->up ? 0 : ENOMEM;
    if (line->local)
        line->local->fd = -1;
    if (!err) {
        text_copy(line->up->id, sizeof(line->up->id), line->id);
        err = make_pair(line);
    }
    line->request = request; // before gathering, which may be done at once
    if (!err)
        err = start_nice(line, request->dial);
    if (err) {
        release(line);
        return err;
    }
    map_insert(agents->lines, &line->by_id, map_hash(line->id, strlen(line->id)));
    return 0;
}

void agent_line_close(struct agent_line *line)
{
    bool gone = false;
    if (line->request)
        agent_refuse(line->agents, line->request, "the gateway is about to stop");
    while (forward_one(line, &gone)) // a last word: close_notify
        continue;
    map_remove(line->agents->lines, &line->by_id);
    release(line);
}
