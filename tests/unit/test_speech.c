#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "signaling/paper/speech.h"

// As a browser of today writes it, with sizes.
static const uint8_t sized[] = {
    0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x86, 0x81, 1,    0x42, 0x82, 0x84, 'w', 'e', 'b',
    'm',                                                                    // head
    0x18, 0x53, 0x80, 0x67, 0xba,                                           // segment
    0x15, 0x49, 0xa9, 0x66, 0x87, 0x2a, 0xd7, 0xb1, 0x83, 0x0f, 0x42, 0x40, // info: ms
    0x16, 0x54, 0xae, 0x6b, 0x90,                                           // tracks
    0xae, 0x8e, 0xd7, 0x81, 1,    0x83, 0x81, 2,    0x86, 0x86, 'A',  '_',  'O', 'P', 'U',
    'S',  0x1f, 0x43, 0xb6, 0x75, 0x94, 0xe7, 0x81, 0,          // cluster at 0
    0xa3, 0x85, 0x81, 0x00, 0x00, 0x80, 0xfb,                   // a frame
    0xa0, 0x88, 0xa1, 0x86, 0x81, 0x00, 0x3c, 0x00, 0xfb, 0x03, // another
};

// As one of years ago does: nobody knows how long it will be.
static const uint8_t streamed[] = {
    0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84, 'w',  'e',  'b',  'm',  0x18, 0x53, 0x80, 0x67,
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x15, 0x49, 0xa9, 0x66, 0x87, 0x2a, 0xd7, 0xb1,
    0x83, 0x0f, 0x42, 0x40, 0x16, 0x54, 0xae, 0x6b, 0x90, 0xae, 0x8e, 0xd7, 0x81, 1,    0x83, 0x81,
    2,    0x86, 0x86, 'A',  '_',  'O',  'P',  'U',  'S',                                         //
    0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7, 0x81, 0,       //
    0xa3, 0x85, 0x81, 0x00, 0x00, 0x80, 0xfb,                                                    //
    0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7, 0x82, 3,    1, //
    0xa3, 0x85, 0x81, 0x00, 0x00, 0x80, 0xfb,                                                    //
};

static int check(const uint8_t *bytes, size_t len)
{
    const char *why = NULL;
    uint8_t *copy = mem_zalloc(len ? len : 1); // its end is seen by the sanitizers
    memcpy(copy, bytes, len);
    int err = speech_check(copy, len, &why);
    assert_true(!err == !why);
    mem_free(copy);
    return err;
}

static void test_good(void **state)
{
    (void)state;
    assert_int_equal(check(sized, sizeof(sized)), 0);
    assert_int_equal(check(streamed, sizeof(streamed)), 0);
}

static void test_whole_only(void **state)
{
    (void)state;
    uint8_t more[sizeof(sized) + 1] = {0};
    memcpy(more, sized, sizeof(sized));
    for (size_t len = 0; len < sizeof(sized); len++)
        assert_int_equal(check(sized, len), EBADMSG);
    for (unsigned byte = 0; byte < 256; byte++) {
        more[sizeof(sized)] = (uint8_t)byte;
        assert_int_equal(check(more, sizeof(more)), EBADMSG);
    }
}

// Who adds up the size of a part that has none goes back, and reads what is not there.
static void test_without_a_size(void **state)
{
    (void)state;
    static const uint8_t part[] = {0x18, 0x53, 0x80, 0x67, 0xff, 0x80};
    uint8_t more[sizeof(sized) + sizeof(part)];
    memcpy(more, sized, 5);
    memcpy(more + 5, part, sizeof(part));
    memcpy(more + 5 + sizeof(part), sized + 5, sizeof(sized) - 5);
    more[4] = (uint8_t)(more[4] + sizeof(part));
    assert_int_equal(check(more, sizeof(more)), EBADMSG);
}

// One byte that says something else.
static int changed(const uint8_t *bytes, size_t len, uint8_t was, uint8_t is, size_t nth)
{
    uint8_t copy[256];
    assert_true(len <= sizeof(copy));
    memcpy(copy, bytes, len);
    for (size_t at = 0; at < len; at++)
        if (copy[at] == was && nth-- == 0) {
            copy[at] = is;
            return check(copy, len);
        }
    fail_msg("there is no such byte");
    return 0;
}

static void test_one_track_of_opus(void **state)
{
    (void)state;
    assert_int_equal(changed(sized, sizeof(sized), 'w', 'W', 0), EBADMSG);   // no WebM
    assert_int_equal(changed(sized, sizeof(sized), 'O', 'A', 0), EBADMSG);   // another codec
    assert_int_equal(changed(sized, sizeof(sized), 0x0f, 0x0e, 0), EBADMSG); // another clock
    assert_int_equal(changed(sized, sizeof(sized), 2, 1, 0), EBADMSG);       // a picture
    assert_int_equal(changed(sized, sizeof(sized), 0xd7, 0xd8, 1), EBADMSG); // whose blocks?
    assert_int_equal(changed(sized, sizeof(sized), 0xfb, 0xfb, 0), 0);
    assert_int_equal(changed(sized, sizeof(sized), 0xa3, 0xa5, 1), EBADMSG); // what is that?
    assert_int_equal(changed(sized, sizeof(sized), 0x1f, 0x1e, 0), EBADMSG);
}

static void test_no_sound(void **state)
{
    (void)state;
    size_t until_cluster = sizeof(streamed) - 2 * 7 - 15 - 16;
    assert_int_equal(check(streamed, until_cluster), EBADMSG);
    assert_int_equal(check(streamed, 0), EBADMSG);
}

static void test_too_much(void **state)
{
    (void)state;
    uint8_t *many = mem_zalloc(SPEECH_BYTES_MAX + 1);
    assert_int_equal(check(many, SPEECH_BYTES_MAX + 1), EFBIG);
    mem_free(many);
    uint8_t late[sizeof(streamed)]; // the second cluster is at 3 * 256 + 1 ms
    memcpy(late, streamed, sizeof(streamed));
    late[sizeof(late) - 9] = SPEECH_MS_MAX >> 8;
    late[sizeof(late) - 8] = (SPEECH_MS_MAX & 255) - 1;
    assert_int_equal(check(late, sizeof(late)), 0);
    late[sizeof(late) - 8]++;
    assert_int_equal(check(late, sizeof(late)), EFBIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),           cmocka_unit_test(test_whole_only),
        cmocka_unit_test(test_without_a_size), cmocka_unit_test(test_one_track_of_opus),
        cmocka_unit_test(test_no_sound),       cmocka_unit_test(test_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
