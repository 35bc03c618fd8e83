// Addresses of STUN and TURN servers, as options have them.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/ice_server.h"

static int parse(struct ice_server *server, const char *url)
{
    bool is_turn = strncmp(url, "turn", 4) == 0;
    return is_turn ? ice_server_parse_turn(server, url) : ice_server_parse_stun(server, url);
}

static void test_good(void **state)
{
    (void)state;
    static const struct {
        const char *url, *host;
        uint16_t port;
        enum ice_transport transport;
    } good[] = {
        {"stun:192.0.2.1", "192.0.2.1", 3478, ICE_SERVER_UDP},
        {"stun:stun.example:19302", "stun.example", 19302, ICE_SERVER_UDP},
        {"stun:[2001:db8::1]:5", "2001:db8::1", 5, ICE_SERVER_UDP},
        {"turn:turn.example?transport=tcp", "turn.example", 3478, ICE_SERVER_TCP},
        {"turn:turn.example:99?transport=udp", "turn.example", 99, ICE_SERVER_UDP},
        {"turns:turn.example", "turn.example", 5349, ICE_SERVER_TLS},
        {"turns:turn.example:443?transport=tcp", "turn.example", 443, ICE_SERVER_TLS},
        {"turn:[::1]", "::1", 3478, ICE_SERVER_UDP},
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct ice_server server;
        assert_int_equal(parse(&server, good[i].url), 0);
        assert_string_equal(server.host, good[i].host);
        assert_int_equal(server.port, good[i].port);
        assert_int_equal(server.transport, good[i].transport);
    }
}

static void test_none(void **state)
{
    (void)state;
    struct ice_server server;
    assert_int_equal(ice_server_parse_stun(&server, ""), 0);
    assert_string_equal(server.host, "");
    assert_int_equal(ice_server_parse_turn(&server, NULL), 0);
    assert_string_equal(server.host, "");
}

static void test_bad(void **state)
{
    (void)state;
    static const char *const bad[] = {"stun",
                                      "stun:",
                                      "stun::1",
                                      "turn:a:0",
                                      "turn:a:70000",
                                      "turn:a:1x",
                                      "turn:a:",
                                      "http://a",
                                      "stun:[::1",
                                      "stun:[]:1",
                                      "stun:[::1]5",
                                      "stuns:a",
                                      "turn:a?",
                                      "turn:?transport=udp",
                                      "turn:a?transport=sctp",
                                      "turns:a?transport=udp",
                                      "stun:a?transport=udp"};
    char long_one[400] = "turn:";
    struct ice_server server;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_not_equal(parse(&server, bad[i]), 0);
        assert_string_equal(server.host, "");
    }
    memset(long_one + 5, 'a', 300);
    assert_int_not_equal(parse(&server, long_one), 0);
    long_one[5 + 260] = 0; // fits with a port, not as a host
    assert_int_not_equal(parse(&server, long_one), 0);
    assert_int_not_equal(ice_server_parse_stun(&server, "turn:a"), 0);
    assert_int_not_equal(ice_server_parse_turn(&server, "stun:a"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_none),
                                       cmocka_unit_test(test_bad)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
