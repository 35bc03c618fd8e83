// Dependency descriptors: "RTP Payload Format For AV1", appendix A. Written here bit by bit.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/packet/dependency.h"
#include "tests/unit/support/exact.h"

// Two spatial layers of two temporal ones; four targets. Templates 5..9: the first is the
// keyframe's.
#define FRAME_7 "0000000000000111"
#define STRUCTURE                                                                                  \
    "000101"         /* the first template's id: 5 */                                              \
    "00011"          /* four targets */                                                            \
    "00 01 10 01 11" /* S0T0, again S0T0, S0T1, S1T0, S1T1 */                                      \
    "10 10 10 10"    /* a switch for all targets */                                                \
    "10 10 11 11"    /* T0: a switch for the lowest spatial layer's */                             \
    "00 01 00 11"                                                                                  \
    "00 00 10 10"                                                                                  \
    "00 00 00 01"                                                                                  \
    "0 1 0011 0 1 0001 0 1 0000 1 0010 0 0" /* distances */                                        \
    "10"                                    /* two chains, ns(5) */                                \
    "0 0 1 1"                               /* who is protected by which, ns(2) */                 \
    "0000 0000 0001 0001 0010 0010 0011 0011 0100 0100"                                            \
    "1 0000000100111111 0000000010110011 0000001001111111 0000000101100111" /* 320x180, 640x360 */

static size_t pack(const char *bits, uint8_t *to)
{
    size_t at = 0;
    memset(to, 0, DEPENDENCY_MAX);
    for (; *bits; bits++)
        if (*bits != ' ') {
            to[at / 8] |= (uint8_t)((*bits == '1') << (7 - at % 8));
            at++;
        }
    return (at + 7) / 8;
}

static struct dependency_structure structure;
static uint8_t data[DEPENDENCY_MAX];
static size_t data_len;

static int parse(const char *bits, struct dependency *d)
{
    data_len = pack(bits, data);
    uint8_t *copy = exact_copy(data, data_len);
    int err = dependency_parse(d, &structure, copy, data_len);
    free(copy);
    return err;
}

static void keyframe(struct dependency *d)
{
    memset(&structure, 0, sizeof(structure));
    assert_int_equal(parse("1 0 000101" FRAME_7 "1 0 0 0 0" STRUCTURE, d), 0);
}

static void a_keyframe_tells_the_structure(void **state)
{
    struct dependency d;
    (void)state;
    keyframe(&d);
    assert_true(d.starts && !d.ends && d.has_structure && !d.has_mask);
    assert_int_equal(d.frame, 7);
    assert_int_equal(structure.templates, 5);
    assert_int_equal(structure.targets, 4);
    static const uint8_t spatial[] = {0, 0, 0, 1, 1}, temporal[] = {0, 0, 1, 0, 1};
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(structure.of[i].spatial, spatial[i]);
        assert_int_equal(structure.of[i].temporal, temporal[i]);
    }
    for (unsigned t = 0; t < 4; t++) {
        assert_int_equal(structure.target[t].spatial, t / 2);
        assert_int_equal(structure.target[t].temporal, t % 2);
        assert_int_equal(dependency_use(d.uses, t), DEPENDENCY_SWITCH);
    }
    static const uint8_t reach[] = {0, 4, 2, 3, 0};
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(structure.of[i].reach, reach[i]);
    assert_int_equal(d.reach, 0);
    assert_int_equal(structure.sizes, 2);
    assert_int_equal(structure.width[0], 320);
    assert_int_equal(structure.height[1], 360);
    assert_int_equal(dependency_targets(&structure, 0, 0), 1);
    assert_int_equal(dependency_targets(&structure, 0, 1), 3);
    assert_int_equal(dependency_targets(&structure, 1, 0), 5);
    assert_int_equal(dependency_targets(&structure, 2, 2), 15);
}

static void frames_refer_to_it(void **state)
{
    struct dependency d;
    (void)state;
    keyframe(&d);
    assert_int_equal(parse("1 1 001001 0000000100000000", &d), 0); // template 9, three bytes
    assert_true(d.starts && d.ends && !d.has_structure);
    assert_int_equal(d.frame, 256);
    assert_int_equal(d.spatial, 1);
    assert_int_equal(d.temporal, 1);
    assert_int_equal(dependency_use(d.uses, 3), DEPENDENCY_DISCARDABLE);
    assert_int_equal(dependency_use(d.uses, 0), DEPENDENCY_ABSENT);
    assert_int_equal(d.mask_at, 0);
    assert_int_equal(d.reach, 0);
    // One with uses of its own, and a mask.
    assert_int_equal(parse("0 1 000111" FRAME_7 "0 1 1 0 0 0011 00 10 00 11", &d), 0);
    assert_true(d.has_mask);
    assert_int_equal(d.mask_at, 29);
    assert_int_equal(d.temporal, 1);
    assert_int_equal(dependency_use(d.uses, 1), DEPENDENCY_SWITCH);
    assert_int_equal(d.reach, 2);
    // One with distances of its own: 1, 18, 257, and with none.
    assert_int_equal(
        parse("1 1 000110" FRAME_7 "0 0 0 1 0 01 0000 10 00010001 11 000100000000 00", &d), 0);
    assert_int_equal(d.reach, 257);
    assert_int_equal(parse("1 1 000110" FRAME_7 "0 0 0 1 0 00", &d), 0);
    assert_int_equal(d.reach, 0);
    // What the structure does not have.
    assert_int_equal(parse("1 1 001010" FRAME_7, &d), EBADMSG);
    assert_int_equal(parse("1 1 000100" FRAME_7, &d), EBADMSG);
    memset(&structure, 0, sizeof(structure));
    assert_int_equal(parse("1 1 000000" FRAME_7, &d), EBADMSG);
}

static void what_is_cut_off_changes_nothing(void **state)
{
    struct dependency d;
    struct dependency_structure before;
    (void)state;
    keyframe(&d);
    before = structure;
    for (size_t len = 0; len < data_len; len++) {
        uint8_t *copy = exact_copy(data, len);
        int err = dependency_parse(&d, &structure, copy, len);
        free(copy);
        if (len != DEPENDENCY_MIN) // that alone is a descriptor
            assert_int_equal(err, EBADMSG);
        assert_memory_equal(&structure, &before, sizeof(structure));
    }
}

// Everything else stays as it was.
static void rewrite(uint16_t frame, uint32_t mask)
{
    struct dependency was, is;
    struct dependency_structure again = structure;
    uint8_t to[DEPENDENCY_MAX];
    assert_int_equal(dependency_parse(&was, &structure, data, data_len), 0);
    const struct dependency_change change = {was.mask_at, was.has_mask, frame, structure.targets,
                                             mask};
    size_t len = dependency_rewrite(data, data_len, &change, to);
    assert_true(len > 0);
    assert_int_equal(dependency_parse(&is, &again, to, len), 0);
    assert_int_equal(is.frame, frame);
    assert_true(is.has_mask);
    assert_true(is.starts == was.starts && is.ends == was.ends && is.uses == was.uses &&
                is.spatial == was.spatial && is.temporal == was.temporal);
    assert_memory_equal(&again, &structure, sizeof(again));
    uint32_t told = 0;
    for (unsigned i = 0; i < structure.targets; i++) {
        size_t bit = (is.mask_at ? is.mask_at : 29) + i;
        told = told << 1 | (to[bit / 8] >> (7 - bit % 8) & 1);
    }
    assert_int_equal(told, mask);
}

static void viewers_see_which_targets_are_left(void **state)
{
    struct dependency d;
    uint8_t to[DEPENDENCY_MAX];
    (void)state;
    keyframe(&d);
    rewrite(65535, 3);
    parse("1 1 001001" FRAME_7, &d);
    rewrite(1, 1);
    parse("0 1 000111" FRAME_7 "0 1 1 0 0 0011 00 10 00 11", &d);
    rewrite(2, 1); // of those that were active
    parse("0 1 000111" FRAME_7 "0 0 0 1 0 01 0011 00", &d);
    rewrite(3, 5);
    // The number alone.
    const struct dependency_change number = {.mask_at = d.mask_at, .frame = 0x0102};
    assert_int_equal(dependency_rewrite(data, data_len, &number, to), data_len);
    assert_int_equal(to[1], 1);
    assert_int_equal(to[2], 2);
    assert_memory_equal(to + 3, data + 3, data_len - 3);
    assert_int_equal(dependency_rewrite(data, 2, &number, to), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_keyframe_tells_the_structure),
        cmocka_unit_test(frames_refer_to_it),
        cmocka_unit_test(what_is_cut_off_changes_nothing),
        cmocka_unit_test(viewers_see_which_targets_are_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
