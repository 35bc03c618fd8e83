// Whether what waits is a queue: a model of a link fills and drains one, or the way just gets
// longer.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/feedback/standing.h"

#define MS     1000LL
#define SECOND 1000000LL
#define SIZE   500u
#define TURN   (40 * MS)

static struct standing standing;
static int64_t now_us, queue_us;

static int fresh(void **state)
{
    (void)state;
    memset(&standing, 0, sizeof(standing));
    now_us = 1000 * SECOND;
    queue_us = 0;
    return 0;
}

// A turn of sending `rate` while `link` bit/s come through; `way_us` the way became longer.
static bool turn(uint64_t rate, uint64_t link, int64_t way_us)
{
    unsigned count = (unsigned)(rate * TURN / SECOND / 8 / SIZE);
    for (unsigned i = 0; i < count; i++)
        standing_row(&standing, now_us + i * TURN / count, SIZE);
    queue_us += (int64_t)(count * SIZE * 8 * SECOND / link) - TURN;
    bool waits = queue_us > 0;
    if (!waits)
        queue_us = 0;
    now_us += TURN;
    return standing_waits(&standing, queue_us + way_us, now_us - TURN, waits ? link : rate);
}

static void while_all_is_sent_nobody_knows(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++)
        assert_false(turn(2000000, 9000000, 150 * MS));
    assert_int_equal(standing.carried, 2000000);
}

// Speech over a line that is full with it: what comes through is more at some moments than at
// others.
static void while_most_is_sent_nobody_knows_either(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_false(turn(500000, 9000000, 400 * MS));
    for (int i = 0; i < 250; i++)
        assert_false(turn(300000, 9000000, 400 * MS));
}

static void it_is_found_out_soon_when_little_is_sent(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_false(turn(2000000, 9000000, 150 * MS));
    int turns = 1;
    while (!turn(400000, 9000000, 150 * MS))
        assert_true(++turns * TURN < SECOND);
}

static void a_queue_that_drains_is_one(void **state)
{
    (void)state;
    while (queue_us < 300 * MS)
        assert_false(turn(2000000, 500000, 0));
    while (queue_us > 0)
        assert_false(turn(400000, 500000, 0));
}

static void a_queue_that_stands_is_one(void **state)
{
    (void)state;
    while (queue_us < 300 * MS)
        assert_false(turn(2000000, 500000, 0));
    for (int i = 0; i < 200; i++)
        assert_false(turn(500000, 500000, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(while_all_is_sent_nobody_knows, fresh),
        cmocka_unit_test_setup(while_most_is_sent_nobody_knows_either, fresh),
        cmocka_unit_test_setup(it_is_found_out_soon_when_little_is_sent, fresh),
        cmocka_unit_test_setup(a_queue_that_drains_is_one, fresh),
        cmocka_unit_test_setup(a_queue_that_stands_is_one, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
