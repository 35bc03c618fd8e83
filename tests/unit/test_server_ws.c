// WebSockets as strangers speak them, over real sockets.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "tests/unit/support/server_fixture.h"

static struct fixture fixture;
static char buffer[256 << 10];

#define HOST     "Host: localhost\r\n"
#define KEY      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE  "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
#define OPENING  "GET /ws HTTP/1.1\r\n" HOST UPGRADE "Sec-WebSocket-Version: 13\r\n" KEY
#define UNMASKED 0x1000 // in the opcode of put_frame

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture, &(struct server_config){.ping_s = 1, .connections_max = 6000});
    return 0;
}

static int last = -1; // a WebSocket that is open when the server stops

static int stop(void **state)
{
    char bye[4];
    (void)state;
    fixture_stop(&fixture);
    assert_int_equal(recv(last, bye, sizeof(bye), MSG_WAITALL), 4);
    assert_memory_equal(bye + 2, "\x03\xe9", 2); // 1001, going away
    close(last);
    return 0;
}

static int ws_connect_with(const char *request)
{
    int fd = raw_connect(&fixture);
    raw_send(fd, request);
    assert_int_equal(raw_read_reply(fd, buffer, sizeof(buffer), true), 101);
    return fd;
}

static int ws_connect(void)
{
    return ws_connect_with(OPENING "\r\n");
}

// Writes a client's frame; `first` is FIN, RSV and opcode. Returns its length.
static size_t put_frame(uint8_t *to, unsigned first, const void *payload, size_t len)
{
    static const uint8_t mask[4] = {0x11, 0x22, 0x33, 0x44};
    bool masked = !(first & UNMASKED);
    size_t at = 2;
    to[0] = (uint8_t)first;
    to[1] = (uint8_t)(len < 126 ? len : len < 65536 ? 126 : 127);
    if (len >= 65536) {
        put_u32(to + 2, 0);
        put_u32(to + 6, (uint32_t)len);
        at = 10;
    } else if (len >= 126) {
        put_u16(to + 2, (uint16_t)len);
        at = 4;
    }
    if (masked) {
        to[1] |= 0x80;
        memcpy(to + at, mask, 4);
        at += 4;
    }
    for (size_t i = 0; i < len; i++)
        to[at + i] = ((const uint8_t *)payload)[i] ^ (masked ? mask[i & 3] : 0);
    return at + len;
}

static void send_frame(int fd, unsigned first, const void *payload, size_t len)
{
    uint8_t *frame = mem_zalloc(len + 14);
    raw_send_bytes(fd, frame, put_frame(frame, first, payload, len));
    mem_free(frame);
}

static void send_text(int fd, const char *text)
{
    send_frame(fd, 0x81, text, strlen(text));
}

static bool read_exactly(int fd, void *to, size_t len)
{
    size_t have = 0;
    while (have < len) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        if (poll(&poll_fd, 1, 5000) <= 0)
            return false;
        ssize_t n = recv(fd, (char *)to + have, len - have, 0);
        if (n <= 0)
            return false;
        have += (size_t)n;
    }
    return true;
}

// Reads one frame, skipping pings; returns its opcode, -1 at the end. The text ends with a zero.
static int read_frame(int fd, char *text, size_t size, size_t *len)
{
    uint8_t head[10];
    do {
        if (!read_exactly(fd, head, 2))
            return -1;
        *len = head[1] & 0x7f;
        assert_int_equal(head[1] & 0x80, 0); // servers do not mask
        assert_int_equal(head[0] & 0xf0, 0x80);
        if (*len == 126 && read_exactly(fd, head + 2, 2))
            *len = get_u16(head + 2);
        else if (*len == 127 && read_exactly(fd, head + 2, 8))
            *len = (size_t)get_u64(head + 2);
        assert_true(*len < size);
        if (!read_exactly(fd, text, *len))
            return -1;
        text[*len] = '\0';
    } while ((head[0] & 0xf) == 9);
    return head[0] & 0xf;
}

static void expect_text(int fd, const char *text)
{
    size_t len;
    assert_int_equal(read_frame(fd, buffer, sizeof(buffer), &len), 1);
    assert_string_equal(buffer, text);
}

static void expect_close(int fd, int code)
{
    size_t len;
    int opcode = read_frame(fd, buffer, sizeof(buffer), &len);
    assert_int_equal(opcode, 8);
    assert_true(len >= 2);
    assert_int_equal(get_u16((uint8_t *)buffer), code);
    assert_true(raw_closed(fd, 4000));
    close(fd);
}

static void wait_until_all_closed(void)
{
    fixture_wait(&fixture.ws_closed, fixture.ws_opened);
}

static void opening_follows_the_rfc(void **state)
{
    (void)state;
    int fd = ws_connect_with("GET /ws HTTP/1.1\r\n" HOST UPGRADE "Sec-WebSocket-Version: 13\r\n" KEY
                             "Origin: https://localhost\r\n"
                             "Sec-WebSocket-Protocol: banyan, bearer.abc123\r\n\r\n");
    assert_non_null(strstr(buffer, "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_non_null(strstr(buffer, "sec-websocket-protocol: banyan\r\n"));
    expect_text(fd, "abc123");
    send_text(fd, "hello");
    expect_text(fd, "hello");
    send_frame(fd, 0x88, "\x03\xe8", 2);
    expect_close(fd, 1000);
    wait_until_all_closed();
    assert_int_equal(fixture.ws_code, 1000);
}

struct opening {
    const char *request;
    int status;
};

static const struct opening openings[] = {
    {"GET /nowhere HTTP/1.1\r\n" HOST UPGRADE "Sec-WebSocket-Version: 13\r\n" KEY "\r\n", 404},
    {"GET /ws HTTP/1.1\r\n" HOST UPGRADE "Sec-WebSocket-Version: 8\r\n" KEY "\r\n", 426},
    {"GET /ws HTTP/1.1\r\n" HOST UPGRADE "Sec-WebSocket-Version: 13, 8\r\n" KEY "\r\n", 426},
    {"GET /ws HTTP/1.1\r\n" HOST UPGRADE KEY "\r\n", 426},
    {"GET /ws HTTP/1.1\r\n" HOST UPGRADE "Sec-WebSocket-Version: 13\r\n\r\n", 400},
    {"GET /ws HTTP/1.1\r\n" HOST UPGRADE
     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n",
     400},
    {OPENING KEY "\r\n", 400},
    {"GET /ws HTTP/1.1\r\n" HOST "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" KEY "\r\n",
     400},
    {"GET /ws HTTP/1.0\r\n" HOST UPGRADE "Sec-WebSocket-Version: 13\r\n" KEY "\r\n", 400},
    {"POST /ws HTTP/1.1\r\n" HOST UPGRADE "Sec-WebSocket-Version: 13\r\n" KEY "\r\n", 400},
    {OPENING "Content-Length: 5\r\n\r\nabcde", 400},
    {OPENING "Origin: https://evil.example\r\n\r\n", 403},
    {OPENING "Origin: null\r\n\r\n", 403},
    {OPENING "Origin: https://localhost.evil.example\r\n\r\n", 403},
    {OPENING "Origin: https://evil-localhost\r\n\r\n", 403},
    {OPENING "Origin: https://localhost:444\r\n\r\n", 403},
    {OPENING "Origin: https://localhost\r\nOrigin: https://evil.example\r\n\r\n", 403},
};

static void wrong_openings_are_refused(void **state)
{
    (void)state;
    unsigned before = fixture.ws_opened;
    for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++) {
        int status = raw_exchange(&fixture, openings[i].request, buffer, sizeof(buffer));
        if (status != openings[i].status)
            fail_msg("%d instead of %d for\n%s", status, openings[i].status, openings[i].request);
    }
    assert_int_equal(fixture.ws_opened, before);
}

struct breach {
    const char *what;
    unsigned first;
    const char *payload;
    size_t len;
    int code;
};

static const struct breach breaches[] = {
    {"unmasked text", 0x81 | UNMASKED, "hello", 5, 1002},
    {"unmasked close", 0x88 | UNMASKED, "", 0, 1002},
    {"reserved bit", 0xc1, "hello", 5, 1002},
    {"reserved opcode", 0x83, "hello", 5, 1002},
    {"reserved control opcode", 0x8b, "", 0, 1002},
    {"fragmented ping", 0x09, "", 0, 1002},
    {"continuation of nothing", 0x80, "x", 1, 1002},
    {"binary", 0x82, "x", 1, 1003},
    {"bad UTF-8", 0x81, "\xff", 1, 1007},
    {"cut UTF-8", 0x81, "\xe5\xbe", 2, 1007},
    {"surrogate", 0x81, "\xed\xa0\x80", 3, 1007},
    {"overlong", 0x81, "\xc0\xaf", 2, 1007},
    {"close with one byte", 0x88, "x", 1, 1002},
    {"close with 1005", 0x88, "\x03\xed", 2, 1002},
    {"close with 999", 0x88, "\x03\xe7", 2, 1002},
    {"close with bad UTF-8", 0x88, "\x03\xe8\xff", 3, 1007},
};

static void breaches_close_with_their_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(breaches) / sizeof(*breaches); i++) {
        int fd = ws_connect();
        print_message("  %s\n", breaches[i].what);
        send_frame(fd, breaches[i].first, breaches[i].payload, breaches[i].len);
        expect_close(fd, breaches[i].code);
    }
    wait_until_all_closed();
}

static void long_control_frames_and_lazy_lengths_are_breaches(void **state)
{
    (void)state;
    static const uint8_t long_ping[] = {0x89, 0xfe, 0x00, 0x7e, 0, 0, 0, 0};
    static const uint8_t lazy16[] = {0x81, 0xfe, 0x00, 0x05, 0, 0, 0, 0};
    static const uint8_t lazy64[] = {0x81, 0xff, 0, 0, 0, 0, 0, 0, 0x01, 0x00, 0, 0, 0, 0};
    static const uint8_t negative[] = {0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    const struct {
        const uint8_t *bytes;
        size_t len;
    } cases[] = {{long_ping, sizeof(long_ping)},
                 {lazy16, sizeof(lazy16)},
                 {lazy64, sizeof(lazy64)},
                 {negative, sizeof(negative)}};
    for (size_t i = 0; i < 4; i++) {
        int fd = ws_connect();
        raw_send_bytes(fd, cases[i].bytes, cases[i].len);
        expect_close(fd, 1002);
    }
}

static void a_promise_of_too_much_is_refused_at_once(void **state)
{
    (void)state;
    static const uint8_t huge[] = {0x81, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0};
    int fd = ws_connect();
    raw_send_bytes(fd, huge, sizeof(huge));
    expect_close(fd, 1009);
}

static void fragments_are_bounded_by_their_sum(void **state)
{
    (void)state;
    static char piece[1024];
    memset(piece, 'a', sizeof(piece));
    int fd = ws_connect();
    send_frame(fd, 0x01, piece, sizeof(piece));
    for (unsigned i = 0; i < 100; i++)
        send_frame(fd, 0x00, piece, sizeof(piece));
    expect_close(fd, 1009);
    assert_true(fixture.ws_largest <= 65536);
}

static void fragments_with_a_ping_between_become_one_message(void **state)
{
    (void)state;
    size_t len;
    int fd = ws_connect();
    send_frame(fd, 0x01, "one \xe5", 5);
    send_frame(fd, 0x89, "beat", 4);
    send_frame(fd, 0x00, "\xbe", 1);
    send_frame(fd, 0x80, "\x8b two", 5);
    assert_int_equal(read_frame(fd, buffer, sizeof(buffer), &len), 10);
    assert_string_equal(buffer, "beat");
    expect_text(fd, "one \xe5\xbe\x8b two");
    send_frame(fd, 0x01, "a", 1);
    send_frame(fd, 0x81, "b", 1); // a new message inside the open one
    expect_close(fd, 1002);
}

static void frames_may_come_byte_by_byte_or_many_at_once(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    size_t len = 0;
    int fd = ws_connect();
    for (unsigned i = 0; i < 100; i++)
        len += put_frame(bytes + len, 0x81, "again", 5);
    raw_send_bytes(fd, bytes, len);
    for (unsigned i = 0; i < 100; i++)
        expect_text(fd, "again");
    len = put_frame(bytes, 0x81, "slowly, slowly", 14);
    for (size_t i = 0; i < len; i++) {
        raw_send_bytes(fd, bytes + i, 1);
        usleep(200);
    }
    expect_text(fd, "slowly, slowly");
    send_text(fd, "");
    expect_text(fd, "");
    close(fd);
}

static void the_longest_message_passes(void **state)
{
    (void)state;
    static char message[65536];
    size_t len;
    memset(message, 'm', sizeof(message));
    int fd = ws_connect();
    send_frame(fd, 0x81, message, sizeof(message));
    assert_int_equal(read_frame(fd, buffer, sizeof(buffer), &len), 1);
    assert_int_equal(len, sizeof(message));
    assert_memory_equal(buffer, message, len);
    close(fd);
}

static void early_frames_behind_the_opening_are_read(void **state)
{
    (void)state;
    char request[1024];
    size_t len = (size_t)sprintf(request, OPENING "\r\n");
    len += put_frame((uint8_t *)request + len, 0x81, "early", 5);
    int fd = raw_connect(&fixture);
    raw_send_bytes(fd, request, len);
    assert_int_equal(raw_read_reply(fd, buffer, sizeof(buffer), true), 101);
    expect_text(fd, "early");
    close(fd);
}

static void the_server_closes_politely(void **state)
{
    (void)state;
    size_t len;
    int fd = ws_connect();
    send_text(fd, "bye");
    assert_int_equal(read_frame(fd, buffer, sizeof(buffer), &len), 8);
    assert_int_equal(get_u16((uint8_t *)buffer), 3000);
    assert_string_equal(buffer + 2, "as you like");
    send_frame(fd, 0x88, "\x0b\xb8", 2);
    assert_true(raw_closed(fd, 3000));
    close(fd);
    wait_until_all_closed();
    assert_int_equal(fixture.ws_code, 3000);
}

static void a_client_that_does_not_read_is_closed(void **state)
{
    (void)state;
    wait_until_all_closed();
    int fd = ws_connect();
    send_text(fd, "flood");
    wait_until_all_closed();
    assert_int_equal(fixture.ws_code, 1013);
    close(fd);
}

static void a_client_that_never_pongs_is_closed(void **state)
{
    (void)state;
    wait_until_all_closed();
    int fd = ws_connect();
    assert_true(raw_closed(fd, 5000));
    close(fd);
    wait_until_all_closed();
    assert_int_equal(fixture.ws_code, 1006);
}

static void a_client_that_pongs_stays(void **state)
{
    (void)state;
    uint8_t head[2];
    int fd = ws_connect();
    for (unsigned i = 0; i < 3; i++) {
        assert_true(read_exactly(fd, head, 2));
        assert_int_equal(head[0], 0x89);
        send_frame(fd, 0x8a, "", 0);
    }
    send_text(fd, "here");
    expect_text(fd, "here");
    close(fd);
}

static void a_flood_of_pings_costs_nothing(void **state)
{
    (void)state;
    uint8_t ping[200];
    char payload[125] = {0};
    int fd = ws_connect();
    size_t len = put_frame(ping, 0x89, payload, sizeof(payload));
    long before = mem_live();
    for (unsigned i = 0; i < 20000; i++)
        if (send(fd, ping, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            usleep(100);
    assert_true(mem_live() - before < 200);
    close(fd);
}

static void one_stays_open_until_the_end(void **state)
{
    (void)state;
    last = ws_connect();
    send_text(last, "last");
    expect_text(last, "last");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_follows_the_rfc),
        cmocka_unit_test(wrong_openings_are_refused),
        cmocka_unit_test(breaches_close_with_their_code),
        cmocka_unit_test(long_control_frames_and_lazy_lengths_are_breaches),
        cmocka_unit_test(a_promise_of_too_much_is_refused_at_once),
        cmocka_unit_test(fragments_are_bounded_by_their_sum),
        cmocka_unit_test(fragments_with_a_ping_between_become_one_message),
        cmocka_unit_test(frames_may_come_byte_by_byte_or_many_at_once),
        cmocka_unit_test(the_longest_message_passes),
        cmocka_unit_test(early_frames_behind_the_opening_are_read),
        cmocka_unit_test(the_server_closes_politely),
        cmocka_unit_test(a_client_that_does_not_read_is_closed),
        cmocka_unit_test(a_client_that_never_pongs_is_closed),
        cmocka_unit_test(a_client_that_pongs_stays),
        cmocka_unit_test(a_flood_of_pings_costs_nothing),
        cmocka_unit_test(one_stays_open_until_the_end),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
