#include "pipelines/process/port.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <sys/socket.h>

#include "gateway/base/mem.h"

#define SEND_WAIT_MS   20
#define PACKETS_A_TURN 64

struct port {
    int fd;
    guint watch;
    port_packet_h *handler;
    void *arg;
};

int port_alloc(struct port **portp, int fd)
{
    struct port *port = mem_zalloc(sizeof(*port));

    if (!port)
        return ENOMEM;
    port->fd = fd;
    *portp = port;
    return 0;
}

void port_free(struct port *port)
{
    if (!port)
        return;
    if (port->watch)
        g_source_remove(port->watch);
    mem_free(port);
}

void port_send(struct port *port, const void *packet, size_t len)
{
    struct pollfd room = {.fd = port->fd, .events = POLLOUT};

    if (len > PORT_PACKET_MAX)
        return;
    if (send(port->fd, packet, len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 || errno != EAGAIN)
        return;
    if (poll(&room, 1, SEND_WAIT_MS) == 1)
        (void)send(port->fd, packet, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void port_send_now(struct port *port, const void *packet, size_t len)
{
    if (len <= PORT_PACKET_MAX)
        (void)send(port->fd, packet, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer arg)
{
    struct port *port = arg;
    uint8_t packet[PORT_PACKET_MAX];
    ssize_t len = 0;

    (void)condition;
    for (int i = 0; i < PACKETS_A_TURN; i++) {
        len = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);
        if (len <= 0)
            break;
        port->handler(port->arg, packet, (size_t)len);
    }
    if (len > 0 || (len < 0 && (errno == EAGAIN || errno == EINTR)))
        return G_SOURCE_CONTINUE;
    port->watch = 0; // the room is gone; the gateway says by the control socket what to do
    return G_SOURCE_REMOVE;
}

int port_watch(struct port *port, port_packet_h *handler, void *arg)
{
    port->handler = handler;
    port->arg = arg;
    port->watch = g_unix_fd_add(port->fd, G_IO_IN | G_IO_HUP, on_readable, port);
    return 0;
}
