// Slow, many and silent clients.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "tests/unit/support/server_fixture.h"

static struct fixture fixture;
static char reply[1 << 16];

#define HOST "Host: localhost\r\n"
#define OPENING                                                                                    \
    "GET /ws HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: websocket\r\n"                    \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
#define IDLE_SOCKETS 2000

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__clang__)
#define EACH_MAX 65536 // sanitizers keep shadow and freed memory
#else
#define EACH_MAX 8192
#endif

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture, &(struct server_config){.http_listen = ":0",
                                                    .connections_max = 2100,
                                                    .per_address_max = 5,
                                                    .head_s = 1,
                                                    .body_s = 1,
                                                    .idle_s = 1});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void wait_until_empty(void)
{
    fixture_wait_connections(&fixture, 0);
}

static void slow_heads_bodies_and_silence_are_ended(void **state)
{
    (void)state;
    static const char *const starts[] = {"", "GET /hello HTTP/1.1\r\nX: ",
                                         "POST /echo HTTP/1.1\r\n" HOST
                                         "Content-Length: 1000\r\n\r\nabc"};
    int fds[90];
    for (unsigned i = 0; i < 90; i++) {
        fds[i] = raw_connect(&fixture);
        raw_send(fds[i], starts[i % 3]);
    }
    assert_int_equal(
        raw_exchange(&fixture, "GET /hello HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply)), 200);
    assert_false(raw_closed(fds[0], 1)); // others are served meanwhile
    for (unsigned i = 0; i < 90; i++) {
        long len = raw_read_all(fds[i], reply, sizeof(reply), 4000);
        assert_int_equal(len > 0, i % 3 != 0);
        assert_true(i % 3 == 0 || strncmp(reply, "HTTP/1.1 408 ", 13) == 0);
        close(fds[i]);
    }
    wait_until_empty();
}

static void a_trickled_body_does_not_win_time(void **state)
{
    (void)state;
    int64_t began_us = clock_us();
    int fd = raw_connect(&fixture);
    raw_send(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n");
    while (!raw_closed(fd, 100) && clock_us() - began_us < FIXTURE_PATIENCE_US)
        raw_send(fd, "x");
    assert_true(clock_us() - began_us < FIXTURE_PATIENCE_US);
    close(fd);
    wait_until_empty();
}

static void idle_keep_alive_ends(void **state)
{
    (void)state;
    int fd = raw_connect(&fixture);
    raw_send(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    assert_int_equal(raw_read_all(fd, reply, sizeof(reply), 4000), 0);
    close(fd);
}

static void both_families_share_the_port(void **state)
{
    (void)state;
    struct sockaddr_in6 to = {.sin6_family = AF_INET6,
                              .sin6_port = htons((uint16_t)server_http_port(fixture.server)),
                              .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to))) {
        close(fd);
        return; // a machine without IPv6 is served by IPv4 alone
    }
    raw_send(fd, "GET /whoami HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 200);
    assert_non_null(strstr(reply, "\"client\":\"::1\""));
    close(fd);
}

// An address of this machine that is not loopback; port 0 when it has none.
static struct sockaddr_in outer_address(void)
{
    struct sockaddr_in found = {.sin_family = AF_INET};
    struct ifaddrs *all = NULL;
    assert_int_equal(getifaddrs(&all), 0);
    for (struct ifaddrs *at = all; at; at = at->ifa_next) {
        struct sockaddr_in *in = (struct sockaddr_in *)at->ifa_addr;
        if (in && in->sin_family == AF_INET && ntohl(in->sin_addr.s_addr) >> 24 != 127)
            found = *in;
    }
    freeifaddrs(all);
    found.sin_port = found.sin_addr.s_addr ? htons((uint16_t)server_http_port(fixture.server)) : 0;
    return found;
}

static void one_address_has_a_limit(void **state)
{
    (void)state;
    struct sockaddr_in to = outer_address();
    int fds[6];
    if (!to.sin_port)
        return;
    for (unsigned i = 0; i < 6; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(connect(fds[i], (struct sockaddr *)&to, sizeof(to)), 0);
        assert_int_equal(raw_closed(fds[i], 50), i == 5);
    }
    for (unsigned i = 0; i < 6; i++)
        close(fds[i]);
    wait_until_empty();
    fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fds[0], (struct sockaddr *)&to, sizeof(to)), 0);
    assert_false(raw_closed(fds[0], 50)); // given back
    close(fds[0]);
}

static long resident_bytes(void)
{
    long pages = 0, rss = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &pages, &rss), 2);
    fclose(file);
    return rss * sysconf(_SC_PAGESIZE);
}

static void echo_once(int fd)
{
    static const unsigned char hello[] = {0x81, 0x85, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'};
    raw_send_bytes(fd, hello, sizeof(hello));
    assert_int_equal(raw_read_all(fd, reply, 8, 20000), 7);
    assert_memory_equal(reply + 2, "hello", 5);
}

static void two_thousand_idle_websockets_are_cheap(void **state)
{
    (void)state;
    static int fds[IDLE_SOCKETS];
    wait_until_empty();
    long before = resident_bytes();
    for (unsigned i = 0; i < IDLE_SOCKETS; i++) {
        fds[i] = raw_connect(&fixture);
        raw_send(fds[i], OPENING);
    }
    for (unsigned i = 0; i < IDLE_SOCKETS; i++)
        assert_int_equal(raw_read_reply(fds[i], reply, sizeof(reply), true), 101);
    long each = (resident_bytes() - before) / IDLE_SOCKETS;
    print_message("  %ld bytes a WebSocket\n", each);
    assert_true(each < EACH_MAX);
    int64_t began_us = clock_us();
    for (unsigned i = 0; i < IDLE_SOCKETS; i += 20)
        echo_once(fds[i]);
    print_message("  echo %ld us\n", (long)(clock_us() - began_us) / (IDLE_SOCKETS / 20));
    for (unsigned i = 0; i < IDLE_SOCKETS; i++)
        close(fds[i]);
    wait_until_empty();
}

static void too_many_connections_are_told_so_at_once(void **state)
{
    (void)state;
    static int fds[2100];
    wait_until_empty();
    for (unsigned i = 0; i < 2100; i++)
        fds[i] = raw_connect(&fixture);
    fixture_wait_connections(&fixture, 2100);
    int fd = raw_connect(&fixture);
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 503); // nothing was asked
    assert_non_null(strstr(reply, "retry-after"));
    close(fd);
    for (unsigned i = 0; i < 2100; i++)
        close(fds[i]);
    wait_until_empty();
    assert_int_equal(
        raw_exchange(&fixture, "GET /hello HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply)), 200);
}

static void nothing_is_left_of_ten_thousand_connections(void **state)
{
    (void)state;
    wait_until_empty();
    long blocks = 0;
    for (unsigned round = 0; round < 10; round++) {
        for (unsigned i = 0; i < 1000; i++) {
            int fd = raw_connect(&fixture);
            raw_send(fd, i % 3 ? OPENING
                               : "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\nabc");
            close(fd);
        }
        wait_until_empty();
        if (round == 0)
            blocks = mem_live();
    }
    assert_int_equal(mem_live(), blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_heads_bodies_and_silence_are_ended),
        cmocka_unit_test(a_trickled_body_does_not_win_time),
        cmocka_unit_test(idle_keep_alive_ends),
        cmocka_unit_test(both_families_share_the_port),
        cmocka_unit_test(one_address_has_a_limit),
        cmocka_unit_test(two_thousand_idle_websockets_are_cheap),
        cmocka_unit_test(too_many_connections_are_told_so_at_once),
        cmocka_unit_test(nothing_is_left_of_ten_thousand_connections),
    };
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < 8192 ? limit.rlim_max : 8192;
    setrlimit(RLIMIT_NOFILE, &limit);
    return cmocka_run_group_tests(tests, start, stop);
}
