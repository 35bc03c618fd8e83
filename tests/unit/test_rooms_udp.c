// The kernel's stamps become times of arrival on the monotonic clock.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/rooms/udp.h"

#define NOW_US    5000000LL
#define OFFSET_US 1700000000000000LL // the wall clock is ahead by so much

static union {
    struct cmsghdr head;
    uint8_t bytes[CMSG_SPACE(sizeof(struct timespec))];
} control;

// A message stamped at this time of the wall clock.
static struct msghdr stamped(int64_t wall_us)
{
    const struct timespec at = {.tv_sec = wall_us / 1000000, .tv_nsec = wall_us % 1000000 * 1000};
    control.head = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_TIMESTAMPNS, .cmsg_len = CMSG_LEN(sizeof(at))};
    memcpy(CMSG_DATA(&control.head), &at, sizeof(at));
    return (struct msghdr){.msg_control = &control, .msg_controllen = sizeof(control)};
}

static int64_t arrival_of(int64_t wall_us)
{
    const struct msghdr message = stamped(wall_us);
    return udp_arrival(&message, OFFSET_US, NOW_US);
}

static void a_stamp_is_the_time_of_arrival(void **state)
{
    (void)state;
    assert_int_equal(arrival_of(NOW_US + OFFSET_US), NOW_US);
    assert_int_equal(arrival_of(NOW_US + OFFSET_US - 12345), NOW_US - 12345);
    assert_int_equal(arrival_of(NOW_US + OFFSET_US - UDP_STAMP_AGE), NOW_US - UDP_STAMP_AGE);
}

static void a_wall_clock_that_was_set_does_no_harm(void **state)
{
    (void)state;
    assert_int_equal(arrival_of(NOW_US + OFFSET_US + 1), NOW_US);
    assert_int_equal(arrival_of(NOW_US + OFFSET_US + 3600000000LL), NOW_US);
    assert_int_equal(arrival_of(NOW_US + OFFSET_US - 3600000000LL), NOW_US);
    assert_int_equal(arrival_of(0), NOW_US);
}

static void without_a_stamp_it_is_the_time_of_reading(void **state)
{
    (void)state;
    struct msghdr message = stamped(NOW_US + OFFSET_US - 1000);
    control.head.cmsg_type = SCM_RIGHTS;
    assert_int_equal(udp_arrival(&message, OFFSET_US, NOW_US), NOW_US);
    message.msg_controllen = 0;
    assert_int_equal(udp_arrival(&message, OFFSET_US, NOW_US), NOW_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamp_is_the_time_of_arrival),
        cmocka_unit_test(a_wall_clock_that_was_set_does_no_harm),
        cmocka_unit_test(without_a_stamp_it_is_the_time_of_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
