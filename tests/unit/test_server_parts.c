// The pure parts of the server: routes, fields, heads, frames; and what happens without memory.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "signaling/server/fields.h"
#include "signaling/server/frame.h"
#include "signaling/server/head.h"
#include "signaling/server/router.h"
#include "tests/unit/support/scratch.h"
#include "tests/unit/support/server_fixture.h"

static const struct route routes[] = {
    {HTTP_GET, "/", "front"},
    {HTTP_POST, "/whip/{room}", "publish"},
    {HTTP_OPTIONS, "/whip/{room}", "preflight"},
    {HTTP_DELETE, "/whip/{room}/{session}", "end"},
    {HTTP_GET, "/whip/{room}/{session}", "look"},
    {HTTP_GET, "/v1/rooms/{id}", "room"},
    {HTTP_GET, "/v1/rooms/mine", "mine"},
    {HTTP_PUT, "/v1/rooms/{id}", "put"},
};
#define ROUTES (sizeof(routes) / sizeof(*routes))

static int find(enum http_method method, const char *path, struct route_match *match)
{
    return route_find(routes, ROUTES, method, path, match);
}

static void routes_are_found_with_their_parameters(void **state)
{
    (void)state;
    struct route_match match;
    assert_int_equal(find(HTTP_GET, "/", &match), 0);
    assert_string_equal(match.route->target, "front");
    assert_int_equal(find(HTTP_POST, "/whip/lecture-demo", &match), 0);
    assert_string_equal(route_param(&match, "room"), "lecture-demo");
    assert_null(route_param(&match, "roo"));
    assert_null(route_param(&match, "session"));
    assert_int_equal(find(HTTP_DELETE, "/whip/a%20b/%E5%BE%8B", &match), 0);
    assert_string_equal(route_param(&match, "room"), "a b");
    assert_string_equal(route_param(&match, "session"), "\xe5\xbe\x8b");
    assert_int_equal(find(HTTP_OPTIONS, "/whip/a", &match), 0);
    assert_string_equal(match.route->target, "preflight");
    assert_int_equal(find(HTTP_HEAD, "/whip/a/b", &match), 0);
    assert_string_equal(match.route->target, "look");
    assert_int_equal(find(HTTP_GET, "/v1/rooms/mine", &match), 0);
    assert_string_equal(match.route->target, "mine");
    assert_int_equal(find(HTTP_GET, "/v1/rooms/7", &match), 0);
    assert_string_equal(match.route->target, "room");
}

static void missing_paths_and_methods_are_told_apart(void **state)
{
    (void)state;
    struct route_match match;
    char allow[ROUTE_ALLOW_SIZE];
    assert_int_equal(find(HTTP_GET, "/none", &match), ENOENT);
    assert_int_equal(find(HTTP_GET, "/whip", &match), ENOENT);
    assert_int_equal(find(HTTP_POST, "/whip/a/", &match), ENOENT);
    assert_int_equal(find(HTTP_PATCH, "/v1/rooms/mine", &match), EACCES);
    assert_string_equal(route_allow(match.allowed, allow), "GET, HEAD, PUT, OPTIONS");
    assert_int_equal(find(HTTP_OPTIONS, "/v1/rooms/7", &match), EACCES);
    assert_string_equal(route_allow(0x7f, allow), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
}

static void paths_that_hide_something_are_refused(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "/whip/..",    "/whip/.",     "/whip/%2e%2e",    "/whip/%2E",
        "/whip/a%2Fb", "/whip/a%2fb", "/whip/a%5Cb",     "/whip/a\\b",
        "/whip/a%00",  "/whip/a%0a",  "/whip/%",         "/whip/%4",
        "/whip/%zz",   "/whip/%ff",   "/whip/%c0%af",    "/whip//b",
        "//whip/a",    "/whip/%7f",   "/whip/%ed%a0%80", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o",
        "whip",
    };
    struct route_match match;
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
        if (find(HTTP_POST, paths[i], &match) != EINVAL)
            fail_msg("%s passed", paths[i]);
    char path[300] = "/whip/";
    memset(path + 6, 'a', 129);
    assert_int_equal(find(HTTP_POST, path, &match), EINVAL);
    path[6 + 128] = '\0';
    assert_int_equal(find(HTTP_POST, path, &match), 0);
}

static void queries_and_cookies_are_found_whole(void **state)
{
    (void)state;
    const char *value;
    size_t len;
    assert_int_equal(query_find("a=1&bb=2&b=3&c", "b", &value, &len), 0);
    assert_memory_equal(value, "3", len);
    assert_int_equal(query_find("a=1&c", "c", &value, &len), 0);
    assert_int_equal(len, 0);
    assert_int_equal(query_find("a=1", "", &value, &len), ENOENT);
    assert_int_equal(query_find(NULL, "a", &value, &len), ENOENT);
    assert_int_equal(cookie_find("xa=1; a=2 ;b=3", "a", &value, &len), 0);
    assert_int_equal(len, 1);
    assert_memory_equal(value, "2", 1);
    assert_int_equal(cookie_find("a", "a", &value, &len), ENOENT);
    assert_true(field_has_token("keep-alive , Upgrade;q=1", "upgrade"));
    assert_false(field_has_token("xupgrade, upgradex", "upgrade"));
    assert_true(origin_is_host("https://Example.org:8443", "example.org:8443"));
    assert_false(origin_is_host("https://example.org:8443", "example.org"));
    assert_false(origin_is_host("null", "null"));
    assert_false(origin_is_host("https://", ""));
}

// Every head that is cut off or changed in one byte is an answer, never a crash.
static void changed_heads_are_answered(void **state)
{
    (void)state;
    static const char good[] =
        "POST http://a/whip/r?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
        "Connection: close, upgrade\r\nUpgrade: websocket\r\n\r\n";
    struct http_head head;
    struct http_problem problem;
    for (size_t at = 0; at < sizeof(good) - 1; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            size_t scanned = 0, end = 0, len = sizeof(good) - 1;
            char *text = mem_strndup(good, len);
            text[at] = (char)byte;
            if (head_find_end(text, len, &scanned, &end) == 0) {
                text[end] = '\0';
                int err = head_parse(&head, text, end, &problem);
                assert_true(err == 0 || (err == EBADMSG && problem.status >= 400));
            }
            mem_free(text);
        }
    }
}

static void frames_are_read_however_they_are_cut(void **state)
{
    (void)state;
    uint8_t bytes[300] = {0x81, 0xfe, 0x00, 0xc8, 1, 2, 3, 4};
    char out[256];
    for (size_t i = 0; i < 200; i++)
        bytes[8 + i] = (uint8_t)(i ^ ((i & 3) + 1));
    for (size_t cut = 1; cut < 208; cut++) {
        struct frame frame = {.have = 0};
        size_t at = 0, got = 0, used;
        while (at < 208) {
            size_t len = 208 - at < cut ? 208 - at : cut;
            int err = frame.complete ? 0 : frame_head(&frame, bytes + at, len, &used);
            used = frame.complete && (err || at >= 8) ? 0 : used;
            at += used;
            if (err == EAGAIN)
                continue;
            size_t n = frame_payload(&frame, bytes + at, len - used, out + got);
            at += n;
            got += n;
        }
        assert_int_equal(got, 200);
        assert_int_equal(frame.left, 0);
        for (size_t i = 0; i < 200; i++)
            assert_int_equal((uint8_t)out[i], i);
    }
}

static void a_server_without_memory_says_so(void **state)
{
    (void)state;
    static const struct server_handlers none;
    char dir[SCRATCH_LEN], file[160];
    struct server_config config = {.http_listen = "127.0.0.1:0", .static_dir = dir};
    long live = mem_live();
    int err = ENOMEM;
    scratch_dir(dir);
    snprintf(file, sizeof(file), "%s/page.html", dir);
    FILE *page = fopen(file, "w");
    assert_non_null(page);
    fclose(page);
    for (long n = 0; err && n < 1000; n++) {
        struct server *server = NULL;
        mem_fail_after(n);
        err = server_alloc(&server, &config, &none, NULL, NULL);
        mem_fail_after(-1);
        if (err && err != ENOMEM)
            fail_msg("allocation %ld: %s", n, strerror(err));
        assert_true((err == 0) == (server != NULL));
        server_free(server);
        assert_int_equal(mem_live(), live);
    }
    assert_int_equal(err, 0);
}

static void wrong_configurations_are_refused(void **state)
{
    (void)state;
    static const struct server_handlers none;
    static const char nowhere[] = "/nowhere/file.pem";
    struct server_config configs[] = {
        {.http_listen = "nonsense"},
        {.http_listen = "127.0.0.1:99999"},
        {.http_listen = "192.0.2.1:0"},
        {.https_listen = "127.0.0.1:0"},
        {.https_listen = "127.0.0.1:0", .certificate_file = nowhere, .key_file = nowhere},
        {.https_listen = "127.0.0.1:0", .certificate_file = "/dev/null", .key_file = "/dev/null"},
        {.http_listen = "127.0.0.1:0", .static_dir = "/nowhere"},
    };
    struct server *server = NULL, *second = NULL;
    long live = mem_live();
    for (size_t i = 0; i < sizeof(configs) / sizeof(*configs); i++) {
        assert_int_not_equal(server_alloc(&server, &configs[i], &none, NULL, NULL), 0);
        assert_null(server);
        assert_int_equal(mem_live(), live);
    }
    char taken[32];
    configs[0].http_listen = "127.0.0.1:0";
    assert_int_equal(server_alloc(&server, &configs[0], &none, NULL, NULL), 0);
    snprintf(taken, sizeof(taken), "127.0.0.1:%u", server_http_port(server));
    configs[0].http_listen = taken;
    assert_int_equal(server_alloc(&second, &configs[0], &none, NULL, NULL), EADDRINUSE);
    server_free(server);
    assert_int_equal(mem_live(), live);
}

// Whatever allocation fails, only that connection suffers.
static void requests_without_memory_leave_the_server_well(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde",
        "GET /whoami?q=a HTTP/1.1\r\nHost: a\r\nCookie: c=1\r\n\r\n",
        "GET bad HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /ws?q=a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        "\x81\x85\x01\x01\x01\x01izzzz",
    };
    static char reply[65536];
    struct fixture fixture;
    fixture_start(&fixture, NULL);
    for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
        for (long n = 0; n < 16; n++) {
            int fd = raw_connect(&fixture);
            mem_fail_after(n);
            raw_send(fd, requests[i]);
            raw_read_reply(fd, reply, sizeof(reply), false);
            mem_fail_after(-1);
            close(fd);
            assert_int_equal(raw_exchange(&fixture, requests[0], reply, sizeof(reply)), 200);
        }
    }
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_are_found_with_their_parameters),
        cmocka_unit_test(missing_paths_and_methods_are_told_apart),
        cmocka_unit_test(paths_that_hide_something_are_refused),
        cmocka_unit_test(queries_and_cookies_are_found_whole),
        cmocka_unit_test(changed_heads_are_answered),
        cmocka_unit_test(frames_are_read_however_they_are_cut),
        cmocka_unit_test(a_server_without_memory_says_so),
        cmocka_unit_test(wrong_configurations_are_refused),
        cmocka_unit_test(requests_without_memory_leave_the_server_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
