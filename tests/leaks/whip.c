#include "tests/leaks/whip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "gateway/base/addr.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"

#define PATIENCE_S   20
#define RESPONSE_MAX 16384

static int dial(const struct whip *whip, int *fdp)
{
    struct addr to;
    struct timeval patience = {.tv_sec = PATIENCE_S};
    if (addr_parse(&to, whip->host))
        return EINVAL;
    addr_set_port(&to, (uint16_t)whip->port);
    int fd = socket(to.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(fd, &to.sa, addr_len(&to)) < 0) {
        int err = errno;
        close(fd);
        return err;
    }
    *fdp = fd;
    return 0;
}

// Sends the request and reads until the server closes.
static int talk(const struct whip *whip, const char *request, char *response)
{
    int fd = -1;
    size_t len = 0;
    ssize_t got = 0;
    int err = dial(whip, &fd);
    if (err)
        return err;
    if (send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
        err = EPIPE;
    while (!err && len < RESPONSE_MAX - 1 &&
           (got = recv(fd, response + len, RESPONSE_MAX - 1 - len, 0)) > 0)
        len += (size_t)got;
    response[len] = 0;
    close(fd);
    return err ? err : got < 0 ? ETIMEDOUT : 0;
}

static int status_of(const char *response, int wanted)
{
    int status = 0;
    if (sscanf(response, "HTTP/1.1 %d", &status) == 1 && status == wanted)
        return 0;
    if (status == 503)
        return EBUSY;
    fprintf(stderr, "expected %d: %.300s\n", wanted, response);
    return EBADMSG;
}

static int read_session(const char *response, struct whip_session *session)
{
    const char *location = strcasestr(response, "\r\nlocation: ");
    const char *body = strstr(response, "\r\n\r\n");
    if (!location || !body || sscanf(location, "%*s %127s", session->location) != 1)
        return EBADMSG;
    return text_copy(session->answer, sizeof(session->answer), body + 4) ? 0 : EMSGSIZE;
}

static const char *token(const struct whip *whip, bool publish)
{
    return publish ? whip->publish_token : whip->watch_token;
}

int whip_open(const struct whip *whip, bool publish, const char *offer,
              struct whip_session *session)
{
    static char response[RESPONSE_MAX];
    char *request = mem_printf("POST /%s/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                               "Authorization: Bearer %s\r\nContent-Type: application/sdp\r\n"
                               "Content-Length: %zu\r\n\r\n%s",
                               publish ? "whip" : "whep", whip->room, token(whip, publish),
                               strlen(offer), offer);
    int err = request ? talk(whip, request, response) : ENOMEM;
    mem_free(request);
    if (!err)
        err = status_of(response, 201);
    return err ? err : read_session(response, session);
}

int whip_end(const struct whip *whip, bool publish, const struct whip_session *session)
{
    static char response[RESPONSE_MAX];
    char *request = mem_printf("DELETE %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                               "Authorization: Bearer %s\r\n\r\n",
                               session->location, token(whip, publish));
    int err = request ? talk(whip, request, response) : ENOMEM;
    mem_free(request);
    return err ? err : status_of(response, 200);
}
