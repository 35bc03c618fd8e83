#include "gateway/packet/demux.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static enum packet_kind kind_of(uint8_t first, uint8_t second, size_t len)
{
    uint8_t packet[64] = {first, second};
    return packet_kind(packet, len);
}

static void sorts_by_first_byte(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        enum packet_kind want = PACKET_OTHER;
        if (first <= 3)
            want = PACKET_STUN;
        else if (first >= 20 && first <= 63)
            want = PACKET_DTLS;
        else if (first >= 128 && first <= 191)
            want = PACKET_RTP;
        assert_int_equal(kind_of((uint8_t)first, 96, 64), want);
    }
}

static void sorts_rtcp_by_payload_type(void **state)
{
    (void)state;
    assert_int_equal(kind_of(0x80, 191, 64), PACKET_RTP);
    assert_int_equal(kind_of(0x80, 192, 64), PACKET_RTCP);
    assert_int_equal(kind_of(0x80, 200, 64), PACKET_RTCP);
    assert_int_equal(kind_of(0x80, 223, 64), PACKET_RTCP);
    assert_int_equal(kind_of(0x80, 224, 64), PACKET_RTP);
    // Payload type 111 with the marker set is still RTP.
    assert_int_equal(kind_of(0x80, 0x80 | 111, 64), PACKET_RTP);
}

static void too_short_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(packet_kind(NULL, 0), PACKET_OTHER);
    assert_int_equal(kind_of(0, 1, 19), PACKET_OTHER);
    assert_int_equal(kind_of(0, 1, 20), PACKET_STUN);
    assert_int_equal(kind_of(22, 0xfe, 12), PACKET_OTHER);
    assert_int_equal(kind_of(22, 0xfe, 13), PACKET_DTLS);
    assert_int_equal(kind_of(0x80, 96, 11), PACKET_OTHER);
    assert_int_equal(kind_of(0x80, 96, 12), PACKET_RTP);
    assert_int_equal(kind_of(0x80, 200, 7), PACKET_OTHER);
    assert_int_equal(kind_of(0x80, 200, 8), PACKET_RTCP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_by_first_byte),
        cmocka_unit_test(sorts_rtcp_by_payload_type),
        cmocka_unit_test(too_short_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
