#include "tests/unit/support/server_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/loop.h"
#include "gateway/base/mem.h"

struct late {
    struct fixture *fixture;
    struct loop_timer timer;
    struct http_request *req;
};

static void reply_late(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct late *late = arg;
    (void)timer;
    (void)now_us;
    http_reply(late->req, 200, "text/plain", "late", 4);
    late->fixture->late--;
    mem_free(late);
}

static void start_late(struct fixture *fixture, struct http_request *req)
{
    const char *ms = http_query(req, "ms");
    struct late *late = mem_zalloc(sizeof(*late));
    late->fixture = fixture;
    late->req = req;
    fixture->late++;
    loop_timer_start(fixture->loop, &late->timer, clock_us() + (ms ? atol(ms) : 10) * 1000,
                     reply_late, late);
}

static void reply_whoami(struct http_request *req)
{
    char client[ADDR_TEXT_MAX];
    http_reply_json(
        req, 200,
        json_pack("{ss ss ss* ss* ss* sb ss sb}", "method", http_method_name(http_method(req)),
                  "path", http_path(req), "q", http_query(req, "q"), "c", http_cookie(req, "c"),
                  "bearer", http_bearer(req), "tls", http_is_tls(req), "client",
                  addr_host_text(http_client(req), client), "cross", http_is_cross_origin(req)));
}

static void reply_headers(struct http_request *req)
{
    bool good = http_add_header(req, "x-good", "yes") == 0;
    bool bad = http_add_header(req, "x-bad", "a\r\nx-evil: 1") == EINVAL &&
               http_add_header(req, "x bad", "a") == EINVAL &&
               http_add_header(req, "location", "/a\r\nx-evil: 1") == EINVAL;
    http_add_header(req, "cross-origin-resource-policy", "cross-origin");
    http_reply_empty(req, good && bad ? 200 : 500);
}

static void reply_echo(struct http_request *req)
{
    size_t len;
    const char *body = http_body(req, &len);
    http_add_header(req, "x-method", http_method_name(http_method(req)));
    http_reply(req, 200, "application/octet-stream", body, len);
}

// --- streams ------------------------------------------------------------------------------------

static void on_gone(void *arg)
{
    struct fixture *fixture = arg;
    fixture->stream = NULL;
    fixture->stream_gone++;
}

static unsigned flood_stream(struct http_stream *stream)
{
    static char block[16384];
    unsigned sent = 0;
    memset(block, 'x', sizeof(block));
    while (sent < 1000 && http_stream_send(stream, block, sizeof(block)) == 0)
        sent++;
    return sent;
}

static void reply_about_stream(struct fixture *fixture, struct http_request *req)
{
    const char *path = http_path(req);
    char text[16] = "";
    size_t len;
    const char *body = http_body(req, &len);
    if (!fixture->stream) {
        http_reply_empty(req, 409);
        return;
    }
    if (strcmp(path, "/tell") == 0)
        http_stream_send(fixture->stream, body, len);
    else if (strcmp(path, "/flood") == 0)
        snprintf(text, sizeof(text), "%u", flood_stream(fixture->stream));
    else
        http_stream_end(fixture->stream);
    if (strcmp(path, "/end") == 0)
        fixture->stream = NULL;
    http_reply(req, 200, "text/plain", text, strlen(text));
}

static void reply_stream(struct fixture *fixture, struct http_request *req)
{
    http_add_header(req, "x-early", "yes");
    fixture->stream = http_stream_begin(req, "text/event-stream", on_gone, fixture);
    if (fixture->stream)
        http_stream_send(fixture->stream, "begun\n", 6);
}

static void on_http(struct http_request *req, void *arg)
{
    struct fixture *fixture = arg;
    const char *path = http_path(req);
    char count[16];
    fixture->seen++;
    snprintf(count, sizeof(count), "%u", fixture->seen);
    if (strcmp(path, "/hello") == 0)
        http_reply(req, 200, "text/plain", "hello", 5);
    else if (strcmp(path, "/echo") == 0)
        reply_echo(req);
    else if (strcmp(path, "/late") == 0)
        start_late(fixture, req);
    else if (strcmp(path, "/headers") == 0)
        reply_headers(req);
    else if (strcmp(path, "/stream") == 0)
        reply_stream(fixture, req);
    else if (strcmp(path, "/tell") == 0 || strcmp(path, "/flood") == 0 || strcmp(path, "/end") == 0)
        reply_about_stream(fixture, req);
    else if (strcmp(path, "/whoami") == 0)
        reply_whoami(req);
    else if (strcmp(path, "/count") == 0)
        http_reply(req, 200, "text/plain", count, strlen(count));
    else if (strcmp(path, "/quote") == 0)
        http_reply_problem(req, &(struct http_problem){.status = 422,
                                                       .slug = "odd",
                                                       .title = "Odd",
                                                       .detail = http_header(req, "x-odd")});
    else if (strcmp(path, "/reload") == 0)
        http_reply_empty(req, server_reload_certificate(fixture->server) ? 500 : 200);
    else if (strncmp(path, "/page", 5) == 0)
        http_reply_file(req, path + 5);
    else
        http_reply_problem(req, &(struct http_problem){.status = 404,
                                                       .slug = "not-found",
                                                       .title = "Not found",
                                                       .detail = "nothing here",
                                                       .field = "path"});
}

static bool on_ws_wanted(const char *path, void *arg)
{
    (void)arg;
    return strcmp(path, "/ws") == 0;
}

static void on_ws_open(struct ws_conn *conn, void *arg)
{
    struct fixture *fixture = arg;
    fixture->ws_opened++;
    ws_set_user(conn, fixture);
    const char *token = ws_token(conn);
    if (token)
        ws_send(conn, token, strlen(token));
}

static void flood(struct ws_conn *conn)
{
    static char block[65536];
    memset(block, 'x', sizeof(block));
    for (unsigned i = 0; i < 64; i++)
        if (ws_send(conn, block, sizeof(block)))
            break;
}

static void on_ws_message(struct ws_conn *conn, const char *text, size_t len, void *arg)
{
    struct fixture *fixture = arg;
    assert_ptr_equal(ws_user(conn), fixture);
    if (len > fixture->ws_largest)
        fixture->ws_largest = len;
    if (strcmp(text, "flood") == 0)
        flood(conn);
    else if (strcmp(text, "bye") == 0)
        ws_close(conn, 3000, "as you like");
    else
        ws_send(conn, text, len);
}

static void on_ws_closed(struct ws_conn *conn, int code, void *arg)
{
    struct fixture *fixture = arg;
    (void)conn;
    fixture->ws_code = code;
    fixture->ws_closed++;
}

static const struct server_handlers handlers = {
    .http = on_http,
    .ws_wanted = on_ws_wanted,
    .ws_open = on_ws_open,
    .ws_message = on_ws_message,
    .ws_closed = on_ws_closed,
};

static void on_wake(void *arg, uint32_t events, int64_t now_us)
{
    struct fixture *fixture = arg;
    (void)events;
    (void)now_us;
    if (fixture->stop)
        server_stop(fixture->server);
}

static void look(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct fixture *fixture = arg;
    fixture->connections = server_counts(fixture->server).connections;
    fixture->looks++;
    loop_timer_start(fixture->loop, timer, now_us + 5000, look, fixture);
}

void fixture_wait(const _Atomic unsigned *value, unsigned wanted)
{
    for (int64_t until_us = clock_us() + FIXTURE_PATIENCE_US;
         *value != wanted && clock_us() < until_us;)
        usleep(1000);
    assert_int_equal(*value, wanted);
}

void fixture_wait_connections(struct fixture *fixture, unsigned count)
{
    unsigned fresh = fixture->looks + 2; // what was looked at before the call is old
    for (int64_t until_us = clock_us() + FIXTURE_PATIENCE_US;
         fixture->looks < fresh && clock_us() < until_us;)
        usleep(1000);
    fixture_wait(&fixture->connections, count);
}

static void *serve(void *arg)
{
    struct fixture *fixture = arg;
    server_run(fixture->server);
    return NULL;
}

void fixture_start(struct fixture *fixture, const struct server_config *config)
{
    memset(fixture, 0, sizeof(*fixture));
    if (config)
        fixture->config = *config;
    if (!fixture->config.http_listen)
        fixture->config.http_listen = "127.0.0.1:0";
    fixture->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert_int_equal(loop_alloc(&fixture->loop), 0);
    assert_int_equal(loop_fd_add(fixture->loop, fixture->wake_fd, EPOLLIN, on_wake, fixture), 0);
    assert_int_equal(
        server_alloc(&fixture->server, &fixture->config, &handlers, fixture, fixture->loop), 0);
    loop_timer_start(fixture->loop, &fixture->look, clock_us(), look, fixture);
    assert_int_equal(pthread_create(&fixture->thread, NULL, serve, fixture), 0);
}

void fixture_stop(struct fixture *fixture)
{
    uint64_t one = 1;
    fixture->stop = true;
    assert_int_equal(write(fixture->wake_fd, &one, sizeof(one)), sizeof(one));
    pthread_join(fixture->thread, NULL);
    server_free(fixture->server);
    loop_timer_stop(fixture->loop, &fixture->look);
    loop_fd_remove(fixture->loop, fixture->wake_fd);
    loop_free(fixture->loop);
    close(fixture->wake_fd);
    assert_int_equal(fixture->ws_opened, fixture->ws_closed);
}

int raw_connect(struct fixture *fixture)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server_http_port(fixture->server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

void raw_send_bytes(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        if (n <= 0)
            return; // the other end has had enough: what it said is read later
        at += n;
        len -= (size_t)n;
    }
}

void raw_send(int fd, const char *text)
{
    raw_send_bytes(fd, text, strlen(text));
}

long raw_read_all(int fd, char *text, size_t size, int timeout_ms)
{
    int64_t until_us = clock_us() + (int64_t)timeout_ms * 1000;
    size_t len = 0;
    for (;;) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        int64_t left_us = until_us - clock_us();
        if (len + 1 >= size || left_us <= 0 || poll(&poll_fd, 1, (int)(left_us / 1000) + 1) <= 0)
            break;
        ssize_t n = recv(fd, text + len, size - 1 - len, 0);
        if (n <= 0) {
            text[len] = '\0';
            return (long)len;
        }
        len += (size_t)n;
    }
    text[len] = '\0';
    return len ? (long)len : -1;
}

static bool read_more(int fd, char *text, size_t size, size_t *len)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    if (*len + 1 >= size || poll(&poll_fd, 1, 20000) <= 0)
        return false;
    ssize_t n = recv(fd, text + *len, 1, 0); // one byte: the next reply stays in the socket
    if (n <= 0)
        return false;
    *len += 1;
    text[*len] = '\0';
    return true;
}

int raw_read_reply(int fd, char *text, size_t size, bool head_only)
{
    size_t len = 0, body = 0;
    text[0] = '\0';
    while (!strstr(text + (len > 4 ? len - 4 : 0), "\r\n\r\n"))
        if (!read_more(fd, text, size, &len))
            return 0;
    const char *length = strcasestr(text, "\r\ncontent-length: ");
    if (length && !head_only)
        body = strtoul(length + 18, NULL, 10);
    for (size_t i = 0; i < body; i++)
        if (!read_more(fd, text, size, &len))
            return 0;
    return strncmp(text, "HTTP/1.1 ", 9) == 0 ? atoi(text + 9) : 0;
}

int raw_exchange(struct fixture *fixture, const char *request, char *text, size_t size)
{
    int fd = raw_connect(fixture);
    raw_send(fd, request);
    int status = raw_read_reply(fd, text, size, strncmp(request, "HEAD ", 5) == 0);
    close(fd);
    return status;
}

bool raw_closed(int fd, int timeout_ms)
{
    int64_t until_us = clock_us() + (int64_t)timeout_ms * 1000;
    char drop[4096];
    for (;;) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        int64_t left_us = until_us - clock_us();
        if (left_us <= 0 || poll(&poll_fd, 1, (int)(left_us / 1000) + 1) <= 0)
            return false;
        if (recv(fd, drop, sizeof(drop), 0) <= 0)
            return true;
    }
}
