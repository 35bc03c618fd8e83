#include "tests/load/exchange.h"

#include <errno.h>
#include <jansson.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "gateway/base/mem.h"

#define PATIENCE_S   10
#define RESPONSE_MAX 65536

// --- lines ---------------------------------------------------------------------------------------

static int ask(bool publish, unsigned client, const char *offer)
{
    json_t *line = json_pack("{s:s, s:i, s:s}", "role", publish ? "publish" : "watch", "client",
                             (int)client, "sdp", offer);
    if (!line)
        return ENOMEM;
    int err = json_dumpf(line, stdout, JSON_COMPACT) || putchar('\n') == EOF || fflush(stdout);
    json_decref(line);
    return err ? EPIPE : 0;
}

static int read_reply(const char *text, char **answerp)
{
    const char *sdp = NULL;
    json_t *line = json_loads(text, 0, NULL);
    int err = line && json_unpack(line, "{s:s}", "sdp", &sdp) == 0 ? 0 : EBADMSG;
    if (err)
        fprintf(stderr, "no answer: %s\n", text);
    else
        *answerp = mem_strdup(sdp);
    json_decref(line);
    return err ? err : *answerp ? 0 : ENOMEM;
}

static int exchange_lines(bool publish, unsigned client, const char *offer, char **answerp)
{
    char *text = NULL;
    size_t size = 0;
    int err = ask(publish, client, offer);
    if (!err)
        err = getline(&text, &size, stdin) < 0 ? EPIPE : read_reply(text, answerp);
    free(text);
    return err;
}

// --- HTTP ----------------------------------------------------------------------------------------

static int dial(const char *url, int *fdp)
{
    char host[64], port[8] = "80";
    struct addrinfo *to = NULL, hints = {.ai_socktype = SOCK_STREAM};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    if (sscanf(url, "http://%63[^:/]:%7[0-9]", host, port) < 1 ||
        getaddrinfo(host, port, &hints, &to))
        return EINVAL;
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int err = fd < 0 || connect(fd, to->ai_addr, to->ai_addrlen) < 0 ? errno : 0;
    freeaddrinfo(to);
    if (err && fd >= 0)
        close(fd);
    if (err)
        return err;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    *fdp = fd;
    return 0;
}

static int send_all(int fd, const char *text)
{
    for (size_t left = strlen(text); left;) {
        ssize_t sent = send(fd, text, left, MSG_NOSIGNAL);
        if (sent < 0)
            return errno;
        text += sent;
        left -= (size_t)sent;
    }
    return 0;
}

// Where the body begins once all of it is there; NULL before.
static char *whole_body(char *response)
{
    char *end = strstr(response, "\r\n\r\n");
    const char *length = strcasestr(response, "\r\nContent-Length:");
    if (!end || !length || length > end)
        return NULL;
    size_t need = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
    return strlen(end + 4) >= need ? end + 4 : NULL;
}

static int read_response(int fd, char *response, char **answerp)
{
    size_t len = 0;
    char *body = NULL;
    while (!(body = whole_body(response))) {
        ssize_t got = recv(fd, response + len, RESPONSE_MAX - 1 - len, 0);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    if (!body || strncmp(response, "HTTP/1.1 201", 12) != 0) {
        fprintf(stderr, "no answer: %.400s\n", response);
        return EBADMSG;
    }
    *answerp = mem_strdup(body);
    return *answerp ? 0 : ENOMEM;
}

static int exchange_http(const struct exchange *exchange, bool publish, const char *offer,
                         char **answerp)
{
    int fd = -1, err = ENOMEM;
    const char *token = publish ? exchange->publish_token : exchange->watch_token;
    char *response = mem_zalloc(RESPONSE_MAX);
    char *request = mem_printf("POST /%s/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                               "Authorization: Bearer %s\r\nContent-Type: application/sdp\r\n"
                               "Content-Length: %zu\r\n\r\n%s",
                               publish ? "whip" : "whep", exchange->room, token ? token : "",
                               strlen(offer), offer);
    if (response && request)
        err = dial(exchange->url, &fd);
    if (!err)
        err = send_all(fd, request);
    if (!err)
        err = read_response(fd, response, answerp);
    if (fd >= 0)
        close(fd);
    mem_free(request);
    mem_free(response);
    return err;
}

int exchange_offer(const struct exchange *exchange, bool publish, unsigned client,
                   const char *offer, char **answerp)
{
    return exchange->url ? exchange_http(exchange, publish, offer, answerp)
                         : exchange_lines(publish, client, offer, answerp);
}
