// Replies without an end: server-sent events need them. Over real sockets.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "tests/unit/support/server_fixture.h"

static struct fixture fixture;
static char text[1 << 20];

#define HOST "Host: localhost\r\n"

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture, &(struct server_config){.head_s = 1, .body_s = 1, .idle_s = 1});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static int stream_open(void)
{
    int fd = raw_connect(&fixture);
    raw_send(fd, "GET /stream HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(raw_read_reply(fd, text, sizeof(text), true), 200);
    return fd;
}

static int ask(const char *request)
{
    return raw_exchange(&fixture, request, text, sizeof(text));
}

// Waits until one that was idle and one that was too slow, both come just now, are closed.
static void outlive_others(void)
{
    int idle = raw_connect(&fixture), slow = raw_connect(&fixture);
    raw_send(idle, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    raw_send(slow, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n.");
    assert_true(raw_closed(idle, 8000));
    assert_true(raw_closed(slow, 8000));
    close(idle);
    close(slow);
}

static void test_head_then_pieces_then_end(void **state)
{
    (void)state;
    int fd = stream_open();
    assert_non_null(strstr(text, "content-type: text/event-stream\r\n"));
    assert_non_null(strstr(text, "connection: close\r\n"));
    assert_non_null(strstr(text, "cache-control: no-store\r\n"));
    assert_non_null(strstr(text, "x-early: yes\r\n"));
    assert_null(strstr(text, "content-length"));
    outlive_others();
    assert_int_equal(ask("POST /tell HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nmore"), 200);
    assert_int_equal(ask("POST /end HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_int_equal(raw_read_all(fd, text, sizeof(text), 5000), 10);
    assert_string_equal(text, "begun\nmore");
    close(fd);
    assert_int_equal(fixture.stream_gone, 0); // its owner ended it
    fixture_wait_connections(&fixture, 0);
}

static void test_client_goes(void **state)
{
    (void)state;
    unsigned before = fixture.stream_gone;
    close(stream_open());
    fixture_wait(&fixture.stream_gone, before + 1);
    assert_int_equal(ask("POST /tell HTTP/1.1\r\n" HOST "\r\n"), 409);
}

static void test_slow_reader_is_dropped(void **state)
{
    (void)state;
    unsigned before = fixture.stream_gone;
    int fd = stream_open();
    assert_int_equal(ask("POST /flood HTTP/1.1\r\n" HOST "\r\n"), 200);
    fixture_wait(&fixture.stream_gone, before + 1);
    long len = raw_read_all(fd, text, sizeof(text), 5000);
    assert_true(len < 70000); // what waited is bounded
    close(fd);
}

static void test_head_has_no_stream(void **state)
{
    (void)state;
    assert_int_equal(ask("HEAD /stream HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_int_equal(ask("POST /tell HTTP/1.1\r\n" HOST "\r\n"), 409);
}

// What a client sends meanwhile waits; nothing of it is answered into the stream.
static void test_pipelined_request_waits(void **state)
{
    (void)state;
    unsigned before = fixture.stream_gone;
    int fd = stream_open();
    for (unsigned i = 0; i < 2000; i++)
        raw_send(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(ask("POST /tell HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi"), 200);
    assert_false(raw_closed(fd, 100));
    assert_int_equal(ask("POST /end HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_int_equal(fixture.stream_gone, before);
    close(fd);
}

// The server ends with a stream running: its owner is told once, nothing is left.
static void test_server_ends(void **state)
{
    struct fixture own;
    (void)state;
    long live = mem_live();
    fixture_start(&own, NULL);
    int fd = raw_connect(&own);
    raw_send(fd, "GET /stream HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(raw_read_reply(fd, text, sizeof(text), true), 200);
    fixture_stop(&own);
    assert_int_equal(own.stream_gone, 1);
    assert_int_equal(mem_live(), live);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_then_pieces_then_end), cmocka_unit_test(test_client_goes),
        cmocka_unit_test(test_slow_reader_is_dropped),    cmocka_unit_test(test_head_has_no_stream),
        cmocka_unit_test(test_pipelined_request_waits),
    };
    const struct CMUnitTest endings[] = {cmocka_unit_test(test_server_ends)};
    int failed = cmocka_run_group_tests_name("stream", tests, start, stop);
    return failed + cmocka_run_group_tests_name("ending", endings, NULL, NULL);
}
