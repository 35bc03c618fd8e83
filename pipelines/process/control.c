#include "pipelines/process/control.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/base/mem.h"
#include "pipelines/spec.h"

struct control {
    int fd;
    guint watch;
    guint signal;
    control_stop_h *stop;
    void *arg;
};

int control_alloc(struct control **controlp, int fd)
{
    struct control *control = mem_zalloc(sizeof(*control));

    if (!control)
        return ENOMEM;
    control->fd = fd;
    *controlp = control;
    return 0;
}

void control_free(struct control *control)
{
    if (!control)
        return;
    if (control->watch)
        g_source_remove(control->watch);
    if (control->signal)
        g_source_remove(control->signal);
    mem_free(control);
}

// One message. 0 and *messagep, EAGAIN, EBADMSG, or EPIPE at the gateway's end.
static int message_read(const struct control *control, int flags, json_t **messagep)
{
    char text[PIPELINE_MESSAGE_MAX];
    ssize_t len = recv(control->fd, text, sizeof(text), flags);

    if (len == 0)
        return EPIPE;
    if (len < 0)
        return errno == EAGAIN || errno == EINTR ? EAGAIN : EPIPE;
    *messagep = json_loadb(text, (size_t)len, JSON_REJECT_DUPLICATES, NULL);
    return json_is_object(*messagep) ? 0 : EBADMSG;
}

int control_read_spec(struct control *control, json_t **specp)
{
    int err;

    do {
        err = message_read(control, 0, specp);
    } while (err == EAGAIN);
    return err;
}

static void stop_once(struct control *control)
{
    control_stop_h *stop = control->stop;

    control->stop = NULL;
    if (stop)
        stop(control->arg);
}

static gboolean on_message(gint fd, GIOCondition condition, gpointer arg)
{
    struct control *control = arg;
    json_t *message = NULL;

    (void)fd;
    (void)condition;
    int err = message_read(control, MSG_DONTWAIT, &message);
    const char *command = json_string_value(json_object_get(message, "do"));
    if (err == EPIPE || (command && strcmp(command, "stop") == 0))
        stop_once(control);
    json_decref(message);
    if (err != EPIPE)
        return G_SOURCE_CONTINUE;
    control->watch = 0;
    return G_SOURCE_REMOVE;
}

static gboolean on_signal(gpointer arg)
{
    stop_once(arg);
    return G_SOURCE_CONTINUE;
}

int control_watch(struct control *control, control_stop_h *stop, void *arg)
{
    control->stop = stop;
    control->arg = arg;
    control->signal = g_unix_signal_add(SIGTERM, on_signal, control);
    if (control->fd >= 0)
        control->watch = g_unix_fd_add(control->fd, G_IO_IN | G_IO_HUP, on_message, control);
    return 0;
}

void control_event(struct control *control, json_t *event)
{
    char *text = event ? json_dumps(event, JSON_COMPACT) : NULL;

    json_decref(event);
    if (text && control->fd >= 0)
        (void)send(control->fd, text, strlen(text), MSG_NOSIGNAL);
    else if (text)
        puts(text);
    free(text);
}

void control_failed(struct control *control, const char *reason)
{
    control_event(control, json_pack("{s:s, s:s}", "event", "failed", "reason", reason));
}
