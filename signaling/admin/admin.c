#include "signaling/admin/admin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/list.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"

#define REQUEST_MAX 8192
#define CLIENTS_MAX 16

struct admin {
    struct loop *loop;
    char path[108];
    int fd;
    const struct admin_command *commands;
    size_t count;
    void *arg;
    struct list clients; // client.link
    unsigned client_count;
};

struct client {
    struct list link;
    struct admin *admin;
    int fd;
    struct admin_answer *answer; // under way; NULL: none
    size_t len;
    char request[REQUEST_MAX];
};

struct admin_answer {
    struct client *client; // NULL: gone
};

static void client_free(struct client *client)
{
    if (client->answer)
        client->answer->client = NULL;
    list_remove(&client->link);
    client->admin->client_count--;
    loop_fd_remove(client->admin->loop, client->fd);
    close(client->fd);
    mem_free(client);
}

static const struct admin_command *find(const struct admin *admin, const json_t *request)
{
    const char *name = json_string_value(json_object_get(request, "command"));
    for (size_t i = 0; name && i < admin->count; i++)
        if (strcmp(admin->commands[i].name, name) == 0)
            return &admin->commands[i];
    return NULL;
}

static void reply(struct client *client, json_t *data, const char *error)
{
    json_t *reply = data ? json_pack("{s:b, s:o}", "ok", 1, "data", data)
                         : json_pack("{s:b, s:s}", "ok", 0, "error", error);
    char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;
    if (text) {
        // Answers fit the socket's buffer; an operator who does not read gets a cut answer.
        ssize_t sent = send(client->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
        sent = send(client->fd, "\n", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)sent;
    }
    free(text);
    json_decref(reply);
    client_free(client);
}

void admin_answer(struct admin_answer *answer, json_t *data, const char *error)
{
    struct client *client = answer->client;
    mem_free(answer);
    if (!client) {
        json_decref(data);
        return;
    }
    client->answer = NULL;
    reply(client, data, error);
}

static void start(struct client *client, const struct admin_command *command, const json_t *request)
{
    client->answer = mem_zalloc(sizeof(*client->answer));
    if (!client->answer) {
        reply(client, NULL, "memory is short");
        return;
    }
    client->answer->client = client;
    command->start(client->admin->arg, request, client->answer);
}

static void answer(struct client *client)
{
    const char *error = "unknown command";
    struct admin *admin = client->admin;
    json_t *request = json_loadb(client->request, client->len, 0, NULL);
    const struct admin_command *command = find(admin, request);
    if (command && command->start) {
        start(client, command, request);
    } else {
        json_t *data = command ? command->run(admin->arg, request, &error) : NULL;
        reply(client, data, error);
    }
    json_decref(request);
}

static void client_readable(void *arg, uint32_t events, int64_t now_us)
{
    struct client *client = arg;
    (void)events, (void)now_us;
    ssize_t got = recv(client->fd, client->request + client->len, REQUEST_MAX - client->len, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got > 0)
        client->len += (size_t)got;
    bool whole = memchr(client->request, '\n', client->len) != NULL;
    if (whole && got > 0 && !client->answer)
        answer(client); // and with that the client may be gone
    else if (got <= 0 || client->len == REQUEST_MAX)
        client_free(client);
}

static void accepted(void *arg, uint32_t events, int64_t now_us)
{
    struct admin *admin = arg;
    (void)events, (void)now_us;
    int fd = accept4(admin->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct client *client = admin->client_count < CLIENTS_MAX ? mem_zalloc(sizeof(*client)) : NULL;
    if (!client || loop_fd_add(admin->loop, fd, EPOLLIN, client_readable, client) != 0) {
        mem_free(client);
        close(fd);
        return;
    }
    client->admin = admin;
    client->fd = fd;
    list_append(&admin->clients, &client->link);
    admin->client_count++;
}

static int address_of(struct sockaddr_un *sun, const char *path)
{
    *sun = (struct sockaddr_un){.sun_family = AF_UNIX};
    return text_copy(sun->sun_path, sizeof(sun->sun_path), path) ? 0 : ENAMETOOLONG;
}

static int connect_to(const char *path, int *fdp)
{
    struct sockaddr_un sun;
    int err = address_of(&sun, path);
    if (err)
        return err;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0) {
        err = errno;
        close(fd);
        return err;
    }
    *fdp = fd;
    return 0;
}

// A socket file without anybody behind it is left over from a gateway that was killed.
static int remove_stale(const char *path)
{
    int fd;
    if (connect_to(path, &fd) != 0) {
        unlink(path);
        return 0;
    }
    close(fd);
    return EADDRINUSE;
}

static int listen_at(struct admin *admin)
{
    struct sockaddr_un sun;
    int err = address_of(&sun, admin->path);
    if (!err)
        err = remove_stale(admin->path);
    if (err)
        return err;
    admin->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (admin->fd < 0)
        return errno;
    mode_t before = umask(0177);
    err = bind(admin->fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 ? errno : 0;
    umask(before);
    if (!err && listen(admin->fd, 8) < 0)
        err = errno;
    return err ? err : loop_fd_add(admin->loop, admin->fd, EPOLLIN, accepted, admin);
}

int admin_alloc(struct admin **adminp, struct loop *loop, const char *path,
                const struct admin_command *commands, size_t count, void *arg)
{
    struct admin *admin = mem_zalloc(sizeof(*admin));
    if (!admin)
        return ENOMEM;
    *admin = (struct admin){
        .loop = loop, .fd = -1, .commands = commands, .count = count, .arg = arg};
    list_init(&admin->clients);
    int err = text_copy(admin->path, sizeof(admin->path), path) ? listen_at(admin) : ENAMETOOLONG;
    if (err) {
        log_error("admin", "admin.socket: %s: %s", path, strerror(err));
        *admin->path = 0; // another gateway's: leave it
        admin_free(admin);
    } else {
        *adminp = admin;
    }
    return err;
}

void admin_free(struct admin *admin)
{
    if (!admin)
        return;
    struct list *pos, *tmp;
    list_each(pos, tmp, &admin->clients) client_free(container_of(pos, struct client, link));
    if (admin->fd >= 0) {
        loop_fd_remove(admin->loop, admin->fd);
        close(admin->fd);
    }
    if (*admin->path)
        unlink(admin->path);
    mem_free(admin);
}

// --- the client's side -------------------------------------------------------------------------

static json_t *read_answer(int fd)
{
    json_t *answer = NULL;
    size_t len = 0, cap = 65536;
    char *text = mem_zalloc(cap);
    for (ssize_t got = 1; text && got > 0 && len < cap;) {
        got = recv(fd, text + len, cap - len, 0);
        len += got > 0 ? (size_t)got : 0;
    }
    if (text && len)
        answer = json_loadb(text, len, 0, NULL);
    mem_free(text);
    return answer;
}

int admin_ask(const char *path, const json_t *request, int timeout_ms, json_t **answer)
{
    int fd;
    int err = connect_to(path, &fd);
    if (err)
        return err;
    struct timeval wait = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    char *text = json_dumps(request, JSON_COMPACT);
    bool sent = text && send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text) &&
                send(fd, "\n", 1, MSG_NOSIGNAL) == 1;
    free(text);
    *answer = sent ? read_answer(fd) : NULL;
    close(fd);
    return *answer ? 0 : ETIMEDOUT;
}
