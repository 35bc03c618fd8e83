// HTTP framing as strangers send it, over real sockets.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "tests/unit/support/server_fixture.h"

static struct fixture fixture;
static char reply[1 << 20];

#define HOST "Host: localhost\r\n"

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture, &(struct server_config){.body_max = 65536});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

struct framing {
    const char *request;
    int status;
    const char *field; // named in the reply, or NULL
};

static const struct framing framings[] = {
    {"GET /hello HTTP/1.1\r\n" HOST "\r\n", 200, NULL},
    {"\r\nGET /hello HTTP/1.1\r\n" HOST "\r\n", 200, NULL},
    {"GET /hello HTTP/1.0\r\n\r\n", 200, NULL},
    {"GET http://localhost/hello HTTP/1.1\r\n" HOST "\r\n", 200, NULL},
    {"GET http://other/hello HTTP/1.1\r\n" HOST "\r\n", 400, "host"},
    {"GET http://localhost HTTP/1.1\r\n" HOST "\r\n", 400, "target"},
    {"GET /hello HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200, NULL},
    {"DELETE /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL},
    {"DELETE /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 200, NULL},
    {"PATCH /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 200, NULL},
    {"PATCH /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL},
    {"PUT /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200, NULL},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200, NULL},
    {"OPTIONS /echo HTTP/1.1\r\n" HOST "\r\n", 200, NULL},
    {"HEAD /hello HTTP/1.1\r\n" HOST "\r\n", 200, NULL},
    // smuggling
    {"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411,
     "transfer-encoding"},
    {"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n", 411, "transfer-encoding"},
    {"POST /echo HTTP/1.1\r\n" HOST
     "transfer-encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
     411, NULL},
    {"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400, NULL},
    {"POST /echo HTTP/1.1\r\n" HOST " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, NULL},
    {"POST /echo HTTP/1.1\r\n" HOST "X: a\r\n Transfer-Encoding: chunked\r\n\r\n", 400, NULL},
    {"POST /echo HTTP/1.1\r\n" HOST "X: a\nTransfer-Encoding: chunked\r\n\r\n", 400, NULL},
    {"POST /echo HTTP/1.1\r\n" HOST "X: a\rTransfer-Encoding: chunked\r\n\r\n", 400, NULL},
    {"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding\x0b: chunked\r\n\r\n", 400, NULL},
    {"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: \x0b"
     "chunked\r\n\r\n",
     400, NULL},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400,
     "content-length"},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400,
     "content-length"},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3, 3\r\n\r\nabc", 400, "content-length"},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: -3\r\n\r\nabc", 400, "content-length"},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nabc", 400, "content-length"},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0x3\r\n\r\nabc", 400, "content-length"},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3 4\r\n\r\nabc", 400, "content-length"},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\nabc", 400, "content-length"},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\na", 400,
     "content-length"},
    {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 65537\r\n\r\n", 413, "content-length"},
    {"GET /hello HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 400, "content-length"},
    {"HEAD /hello HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 400, NULL},
    // request lines
    {"GET  /hello HTTP/1.1\r\n" HOST "\r\n", 400, NULL},
    {"GET /hello  HTTP/1.1\r\n" HOST "\r\n", 400, NULL},
    {"GET /hello HTTP/1.1 \r\n" HOST "\r\n", 400, NULL},
    {"GET\t/hello HTTP/1.1\r\n" HOST "\r\n", 400, NULL},
    {" GET /hello HTTP/1.1\r\n" HOST "\r\n", 400, NULL},
    {"GET /hello\r\n" HOST "\r\n", 400, NULL},
    {"GET hello HTTP/1.1\r\n" HOST "\r\n", 400, "target"},
    {"GET /hel\x01lo HTTP/1.1\r\n" HOST "\r\n", 400, "target"},
    {"GET /hello#x HTTP/1.1\r\n" HOST "\r\n", 400, "target"},
    {"GET /hello HTTP/1.1\n" HOST "\r\n", 400, NULL},
    {"GET /hello HTTP/2.0\r\n" HOST "\r\n", 400, "version"},
    {"GET /hello HTTP/1.10\r\n" HOST "\r\n", 400, NULL},
    {"GET /hello http/1.1\r\n" HOST "\r\n", 400, NULL},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, NULL},
    {"BREW /hello HTTP/1.1\r\n" HOST "\r\n", 400, "method"},
    {"TRACE /hello HTTP/1.1\r\n" HOST "\r\n", 400, "method"},
    {"CONNECT localhost:1 HTTP/1.1\r\n" HOST "\r\n", 400, "method"},
    {"get /hello HTTP/1.1\r\n" HOST "\r\n", 400, "method"},
    {"G@T /hello HTTP/1.1\r\n" HOST "\r\n", 400, "method"},
    // hosts and other fields
    {"GET /hello HTTP/1.1\r\n\r\n", 400, "host"},
    {"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "host"},
    {"GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "host"},
    {"GET /hello HTTP/1.1\r\nHost:\r\n\r\n", 400, "host"},
    {"GET /hello HTTP/1.1\r\n" HOST "novalue\r\n\r\n", 400, NULL},
    {"GET /hello HTTP/1.1\r\n" HOST ": a\r\n\r\n", 400, NULL},
    {"GET /hello HTTP/1.1\r\n" HOST "A: \x02\r\n\r\n", 400, NULL},
    {"GET /hello HTTP/1.1\r\n" HOST "Expect: magic\r\n\r\n", 417, "expect"},
    {"\x16\x03\x01\x02\x01\r\n\r\n", 400, NULL},
    {"POST /ws HTTP/1.1\r\n" HOST
     "Content-Length: 0\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
     400, "method"},
};

static void framing_is_answered_and_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(framings) / sizeof(*framings); i++) {
        unsigned before = fixture.seen;
        int status = raw_exchange(&fixture, framings[i].request, reply, sizeof(reply));
        char field[64];
        snprintf(field, sizeof(field), "\"field\":\"%s\"", framings[i].field);
        if (status != framings[i].status || (framings[i].field && !strstr(reply, field)))
            fail_msg("case %zu: %d instead of %d, %s, for:\n%s\n%s", i, status, framings[i].status,
                     framings[i].field, framings[i].request, reply);
        // A refused request reaches no handler, nor does anything behind it.
        assert_int_equal(fixture.seen - before, status == 200 ? 1 : 0);
        assert_true(status == 200 || strstr(reply, "connection: close"));
    }
}

static void refused_bytes_are_never_a_second_request(void **state)
{
    (void)state;
    static const char inner[] = "GET /hello HTTP/1.1\r\n" HOST "\r\n";
    char request[512];
    for (size_t i = 0; i < sizeof(framings) / sizeof(*framings); i++) {
        if (framings[i].status == 200)
            continue;
        unsigned before = fixture.seen;
        int fd = raw_connect(&fixture);
        snprintf(request, sizeof(request), "%s%s%s", framings[i].request, inner, inner);
        raw_send(fd, request);
        shutdown(fd, SHUT_WR);
        assert_true(raw_read_all(fd, reply, sizeof(reply), 5000) > 0);
        assert_int_equal(fixture.seen, before);
        assert_null(strstr(reply + 1, "HTTP/1.1 2"));
        close(fd);
    }
}

static void pipelined_requests_keep_order(void **state)
{
    (void)state;
    int fd = raw_connect(&fixture);
    raw_send(fd, "GET /late?ms=60 HTTP/1.1\r\n" HOST "\r\n"
                 "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nbody"
                 "HEAD /hello HTTP/1.1\r\n" HOST "\r\n"
                 "DELETE /echo HTTP/1.1\r\n" HOST "\r\n"
                 "GET /hello HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"
                 "GET /never HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    assert_non_null(strstr(reply, "\r\n\r\nlate"));
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    assert_non_null(strstr(reply, "\r\n\r\nbody"));
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), true), 200);
    assert_non_null(strstr(reply, "content-length: 5"));
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    assert_non_null(strstr(reply, "x-method: DELETE"));
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    assert_non_null(strstr(reply, "\r\n\r\nhello"));
    assert_true(raw_closed(fd, 3000));
    close(fd);
}

static void a_long_pipeline_behind_a_late_reply_is_all_answered(void **state)
{
    (void)state;
    static const char one[] = "GET /hello HTTP/1.1\r\n" HOST
                              "X-Pad: 0123456789012345678901234\r\n\r\n";
    int fd = raw_connect(&fixture);
    raw_send(fd, "GET /late?ms=200 HTTP/1.1\r\n" HOST "\r\n");
    for (unsigned i = 0; i < 1000; i++)
        raw_send(fd, one);
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    close(fd);
}

static void a_request_may_come_byte_by_byte(void **state)
{
    (void)state;
    static const char text[] = "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nabcde";
    int fd = raw_connect(&fixture);
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        raw_send_bytes(fd, text + i, 1);
        usleep(200);
    }
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    assert_non_null(strstr(reply, "\r\n\r\nabcde"));
    close(fd);
}

static void expect_continue_is_answered(void **state)
{
    (void)state;
    int fd = raw_connect(&fixture);
    raw_send(fd,
             "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 100);
    raw_send(fd, "ok");
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    close(fd);
}

static void heads_are_bounded(void **state)
{
    (void)state;
    static char request[40000];
    int at = sprintf(request, "GET /hello HTTP/1.1\r\n" HOST "X: ");
    memset(request + at, 'a', 20000);
    strcpy(request + at + 20000, "\r\n\r\n");
    assert_int_equal(raw_exchange(&fixture, request, reply, sizeof(reply)), 431);
    at = sprintf(request, "GET /hello HTTP/1.1\r\n" HOST);
    for (unsigned i = 0; i < 100; i++)
        at += sprintf(request + at, "X%u: 1\r\n", i);
    strcpy(request + at, "\r\n");
    assert_int_equal(raw_exchange(&fixture, request, reply, sizeof(reply)), 431);
    strcpy(request, "GET /");
    memset(request + 5, 'a', 5000);
    strcpy(request + 5005, " HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(raw_exchange(&fixture, request, reply, sizeof(reply)), 414);
}

static void a_full_body_comes_back_whole(void **state)
{
    (void)state;
    static char body[65536];
    for (size_t i = 0; i < sizeof(body); i++)
        body[i] = (char)('a' + i % 23);
    int fd = raw_connect(&fixture);
    raw_send(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 65536\r\n\r\n");
    raw_send_bytes(fd, body, sizeof(body));
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    assert_memory_equal(strstr(reply, "\r\n\r\n") + 4, body, sizeof(body));
    close(fd);
}

static void getters_read_what_was_sent(void **state)
{
    (void)state;
    assert_int_equal(raw_exchange(&fixture,
                                  "GET /whoami?x=1&q=%E5%BE%8B+a HTTP/1.1\r\n" HOST
                                  "Cookie: b=1; c=two\r\nAuthorization: Bearer abc.def\r\n"
                                  "Origin: https://evil.example\r\n\r\n",
                                  reply, sizeof(reply)),
                     200);
    assert_non_null(strstr(reply, "\"q\":\"\xe5\xbe\x8b a\""));
    assert_non_null(strstr(reply, "\"c\":\"two\""));
    assert_non_null(strstr(reply, "\"bearer\":\"abc.def\""));
    assert_non_null(strstr(reply, "\"client\":\"127.0.0.1\""));
    assert_non_null(strstr(reply, "\"cross\":true"));
    raw_exchange(&fixture,
                 "GET /whoami?q=%ff%fe HTTP/1.1\r\n" HOST "Origin: http://LOCALHOST\r\n\r\n", reply,
                 sizeof(reply));
    assert_null(strstr(reply, "\"q\""));
    assert_non_null(strstr(reply, "\"cross\":false"));
}

static void replies_are_hardened(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "content-security-policy: default-src 'none'; script-src 'self'",
        "frame-ancestors 'none'",
        "permissions-policy: camera=(self), microphone=(self)",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "cache-control: no-store",
        "date: ",
    };
    static const char *const requests[] = {"GET /hello HTTP/1.1\r\n" HOST "\r\n",
                                           "GET /nothing HTTP/1.1\r\n" HOST "\r\n",
                                           "GET bad HTTP/1.1\r\n\r\n"};
    for (size_t r = 0; r < 3; r++) {
        raw_exchange(&fixture, requests[r], reply, sizeof(reply));
        for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
            assert_non_null(strstr(reply, wanted[i]));
        assert_null(strstr(reply, "strict-transport-security"));
    }
    assert_int_equal(
        raw_exchange(&fixture, "GET /headers HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply)), 200);
    assert_non_null(strstr(reply, "x-good: yes"));
    assert_non_null(strstr(reply, "cross-origin-resource-policy: cross-origin"));
    assert_null(strstr(reply, "cross-origin-resource-policy: same-origin"));
    assert_null(strstr(reply, "x-evil"));
}

static void problems_are_json_with_stable_type(void **state)
{
    (void)state;
    assert_int_equal(
        raw_exchange(&fixture, "GET /nothing HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply)), 404);
    assert_non_null(strstr(reply, "content-type: application/problem+json"));
    assert_non_null(strstr(reply, "\"type\":\"/problems/not-found\""));
    assert_non_null(strstr(reply, "\"status\":404"));
    assert_non_null(strstr(reply, "\"detail\":\"nothing here\""));
    assert_non_null(strstr(reply, "\"field\":\"path\""));
    assert_int_equal(raw_exchange(&fixture, "GET /quote HTTP/1.1\r\n" HOST "X-Odd: \xff\r\n\r\n",
                                  reply, sizeof(reply)),
                     422); // text that is not UTF-8 is no reason for a 5xx
}

static void a_client_that_leaves_before_the_reply_harms_nobody(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 50; i++) {
        int fd = raw_connect(&fixture);
        raw_send(fd, "GET /late?ms=30 HTTP/1.1\r\n" HOST "\r\n");
        if (i % 2)
            usleep(2000);
        close(fd);
    }
    fixture_wait_connections(&fixture, 0);
    fixture_wait(&fixture.late, 0);
    assert_int_equal(
        raw_exchange(&fixture, "GET /hello HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply)), 200);
}

static void a_half_closed_client_gets_its_reply(void **state)
{
    (void)state;
    int fd = raw_connect(&fixture);
    raw_send(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    shutdown(fd, SHUT_WR);
    assert_true(raw_read_all(fd, reply, sizeof(reply), 3000) > 0);
    assert_non_null(strstr(reply, "\r\n\r\nhello"));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(framing_is_answered_and_named),
        cmocka_unit_test(refused_bytes_are_never_a_second_request),
        cmocka_unit_test(pipelined_requests_keep_order),
        cmocka_unit_test(a_long_pipeline_behind_a_late_reply_is_all_answered),
        cmocka_unit_test(a_request_may_come_byte_by_byte),
        cmocka_unit_test(expect_continue_is_answered),
        cmocka_unit_test(heads_are_bounded),
        cmocka_unit_test(a_full_body_comes_back_whole),
        cmocka_unit_test(getters_read_what_was_sent),
        cmocka_unit_test(replies_are_hardened),
        cmocka_unit_test(problems_are_json_with_stable_type),
        cmocka_unit_test(a_client_that_leaves_before_the_reply_harms_nobody),
        cmocka_unit_test(a_half_closed_client_gets_its_reply),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
