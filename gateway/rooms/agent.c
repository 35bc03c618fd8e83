#include "gateway/rooms/agent.h"

#include <errno.h>
#include <glib-unix.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/agent_line.h"

// The thread itself: its inbox, and its beginning and end.

#define RETRY_AFTER_S 5
#define LINES_MAX     1000 // what one thread can carry
#define LEAVE_MS      1000 // how long relayed addresses may take to be given back at the end

static bool matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, const struct agent_line, by_id)->id, key) == 0;
}

static struct agent_line *find(const struct agents *agents, const char *id)
{
    struct map_node *node = map_find(agents->lines, map_hash(id, strlen(id)), id);
    return node ? container_of(node, struct agent_line, by_id) : NULL;
}

void agent_refuse(struct agents *agents, struct message_open *request, const char *detail)
{
    request->status = 503;
    request->retry_after = RETRY_AFTER_S;
    text_copy(request->field, sizeof(request->field), "session");
    text_copy(request->detail, sizeof(request->detail), detail);
    request->msg.kind = MESSAGE_ANSWER;
    inbox_push(agents->config.control, &request->msg);
}

// --- messages -----------------------------------------------------------------------------------

static void on_open(struct agents *agents, struct msg *msg)
{
    struct message_open *request = (struct message_open *)msg;
    struct agent_line *older = find(agents, request->session);
    if (older) // of a session that has ended
        agent_line_close(older);
    if (map_count(agents->lines) >= LINES_MAX) {
        agent_refuse(agents, request, "there are as many sessions with full ICE as there may be");
        return;
    }
    int err = agent_line_open(agents, request);
    if (!err)
        return;
    log_warn("agent", "no candidates can be gathered: %s", strerror(err));
    agent_refuse(agents, request, "no candidates can be gathered at the moment");
}

static void on_remote(struct agents *agents, struct msg *msg)
{
    const struct message_line *message = (struct message_line *)msg;
    struct agent_line *line = find(agents, message->id);
    if (line)
        agent_line_remote(line, message);
    message_free(msg);
}

// Goes back to the shard, with the new credentials unless its line is gone.
static void on_restart(struct agents *agents, struct msg *msg)
{
    struct message_request *request = (struct message_request *)msg;
    struct agent_line *line = find(agents, request->session);
    if (line)
        request->line = agent_line_restart(line);
    inbox_push(agents->config.shards[request->shard], msg);
}

static void serve(struct agents *agents, struct msg *msg)
{
    if (msg->kind == MESSAGE_OPEN) {
        on_open(agents, msg);
    } else if (msg->kind == MESSAGE_LINE_REMOTE) {
        on_remote(agents, msg);
    } else if (msg->kind == MESSAGE_LINE_RESTART) {
        on_restart(agents, msg);
    } else {
        agents->stopping |= msg->kind == MESSAGE_STOP;
        message_free(msg);
    }
}

static gboolean on_inbox(gint fd, GIOCondition condition, gpointer arg)
{
    struct agents *agents = arg;
    struct msg *msg = inbox_take(agents->config.inbox);
    (void)fd;
    (void)condition;
    while (msg) {
        struct msg *next = msg->next;
        serve(agents, msg);
        msg = next;
    }
    return G_SOURCE_CONTINUE;
}

// --- the thread ---------------------------------------------------------------------------------

static void close_line(struct map_node *node, void *arg)
{
    (void)arg;
    agent_line_close(container_of(node, struct agent_line, by_id));
}

static gboolean on_late(gpointer arg)
{
    *(bool *)arg = true;
    return G_SOURCE_REMOVE;
}

static void leave(struct agents *agents)
{
    bool late = false;
    GSource *patience = g_timeout_source_new(LEAVE_MS);
    g_source_set_callback(patience, on_late, &late, NULL);
    g_source_attach(patience, agents->context);
    map_each(agents->lines, close_line, NULL);
    while (agents->leaving && !late)
        g_main_context_iteration(agents->context, TRUE);
    g_source_destroy(patience);
    g_source_unref(patience);
}

static void *run(void *arg)
{
    struct agents *agents = arg;
    pthread_setname_np(pthread_self(), "agent");
    g_main_context_push_thread_default(agents->context);
    while (!agents->stopping)
        g_main_context_iteration(agents->context, TRUE);
    leave(agents);
    g_main_context_pop_thread_default(agents->context);
    return NULL;
}

// Signals are for the main thread.
static int start(struct agents *agents)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int err = pthread_create(&agents->thread, NULL, run, agents);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    agents->running = !err;
    return err;
}

int agents_alloc(struct agents **agentsp, const struct agents_config *config)
{
    struct agents *agents = mem_zalloc(sizeof(*agents));
    if (!agents)
        return ENOMEM;
    agents->config = *config;
    agents->context = g_main_context_new();
    agents->stop = message_alloc(MESSAGE_STOP, sizeof(struct msg));
    int err = agents->stop ? 0 : ENOMEM;
    if (!err)
        err = map_alloc(&agents->lines, matches);
    if (!err) {
        agents->inbox_source = g_unix_fd_source_new(inbox_fd(agents->config.inbox), G_IO_IN);
        g_source_set_callback(agents->inbox_source, G_SOURCE_FUNC(on_inbox), agents, NULL);
        g_source_attach(agents->inbox_source, agents->context);
        err = start(agents);
    }
    if (err)
        agents_free(agents);
    else
        *agentsp = agents;
    return err;
}

static void drain(struct agents *agents)
{
    struct msg *msg = inbox_take(agents->config.inbox);
    while (msg) {
        struct msg *next = msg->next;
        if (msg->kind == MESSAGE_OPEN)
            agent_refuse(agents, (struct message_open *)msg, "the gateway is about to stop");
        else if (msg->kind == MESSAGE_LINE_RESTART)
            on_restart(agents, msg); // there is no line any more
        else
            message_free(msg);
        msg = next;
    }
}

void agents_free(struct agents *agents)
{
    if (!agents)
        return;
    if (agents->running) {
        inbox_push(agents->config.inbox, agents->stop);
        agents->stop = NULL;
        pthread_join(agents->thread, NULL);
    }
    if (agents->inbox_source) {
        g_source_destroy(agents->inbox_source);
        g_source_unref(agents->inbox_source);
    }
    drain(agents);
    message_free(agents->stop);
    map_free(agents->lines);
    g_main_context_unref(agents->context);
    mem_free(agents);
}
