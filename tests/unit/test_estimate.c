// What a path can carry, told row by row; whole networks are in test_network_sim.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/feedback/budget.h"
#include "gateway/feedback/estimate.h"
#include "gateway/feedback/probe.h"

#define MS     1000LL
#define SECOND 1000000LL
#define SKEW   987654321LL // between the clocks
#define SIZE   1000u
#define ROUND  (100 * MS) // a feedback packet each

static struct estimate estimate;
static struct estimate_flow flows[2];
static int64_t now_us;
static uint16_t seq;
static double lacking;  // share of a packet that is still to be lost
static int64_t free_us; // the link is, from then on
static int64_t way_us;  // behind it

static int open_path(void **state)
{
    (void)state;
    now_us = 1000 * SECOND;
    seq = 0;
    free_us = way_us = 0;
    memset(flows, 0, sizeof(flows));
    estimate_init(&estimate, now_us);
    estimate_add(&estimate, &flows[0]);
    return 0;
}

// `rate` bit/s are sent over a link of `link` bit/s for so long, of which a share is
// lost. The queue is kept from call to call.
static void run_flow(struct estimate_flow *flow, uint64_t rate, uint64_t link, double loss)
{
    unsigned count = (unsigned)(rate / 8 / SIZE / 10);
    for (unsigned i = 0; i < count; i++) {
        struct sent_row row = {.seq = seq++, .size = SIZE, .arrived = true};
        row.sent_us = now_us + (int64_t)i * ROUND / count;
        if (free_us < row.sent_us)
            free_us = row.sent_us;
        free_us += (int64_t)(SIZE * 8 * SECOND / link);
        row.arrival_us = free_us + way_us + SKEW;
        lacking += loss;
        row.arrived = lacking < 1;
        lacking -= lacking >= 1;
        estimate_row(flow, &row);
    }
}

static void run(uint64_t rate, uint64_t link, double loss, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        run_flow(&flows[0], rate, link, loss);
        now_us += ROUND;
        estimate_told(&flows[0], 100 * MS, now_us);
    }
}

static void it_begins_with_a_guess(void **state)
{
    (void)state;
    assert_int_equal(estimate.bitrate, ESTIMATE_START);
}

static void what_arrives_is_proof(void **state)
{
    (void)state;
    run(3000000, 10000000, 0, 20);
    assert_true(estimate.bitrate >= 2900000);
    run(3000000, 10000000, 0, 40);
    assert_true(estimate.bitrate <= 3000000 * 3 / 2 + 100000); // no more is known
}

static void a_full_link_is_stepped_below_at_once(void **state)
{
    (void)state;
    run(2000000, 4000000, 0, 50);
    run(2000000, 500000, 0, 1);
    assert_in_range(estimate.bitrate, 200000, 500000);
    assert_int_equal(estimate.lowered, 1);
    assert_false(estimate_quiet(&estimate, SECOND, now_us));
}

static void loss_that_does_not_fall_is_the_paths_own(void **state)
{
    (void)state;
    run(2000000, 10000000, 0, 30);
    uint64_t before = estimate.bitrate;
    run(2000000, 10000000, 0.2, 100);
    assert_true(estimate.loss.own > 0.15 && estimate.loss.own < 0.25);
    assert_in_range(estimate.lowered, 1, 3);
    assert_true(estimate.bitrate > before / 2);
    run(2000000, 10000000, 0, 300);
    assert_true(estimate.loss.own < 0.03); // forgotten when it is over
}

// A policer without a queue: what is above its rate is lost.
static void loss_that_falls_is_congestion(void **state)
{
    (void)state;
    run(1500000, 10000000, 0, 50);
    for (int i = 0; i < 600; i++) {
        uint64_t rate = estimate.bitrate;
        double loss = rate > 800000 ? 1 - 800000 / (double)rate : 0;
        run(rate, 20000000, loss, 1);
    }
    assert_in_range(estimate.bitrate, 500000, 1100000);
}

static void a_late_packet_is_not_lost(void **state)
{
    (void)state;
    struct sent_row row = {.seq = 1, .size = SIZE, .sent_us = now_us};
    estimate_row(&flows[0], &row);
    assert_int_equal(estimate.loss.lost, 1);
    row.arrived = row.late = true;
    row.arrival_us = now_us + SKEW;
    estimate_row(&flows[0], &row);
    assert_int_equal(estimate.loss.lost, 0);
    assert_int_equal(estimate.loss.arrived, 1);
}

static void sessions_share_one_path(void **state)
{
    (void)state;
    estimate_add(&estimate, &flows[1]);
    for (int i = 0; i < 30; i++) {
        run_flow(&flows[0], 1000000, 9000000, 0);
        run_flow(&flows[1], 1000000, 9000000, 0);
        now_us += ROUND;
        estimate_told(&flows[0], 100 * MS, now_us);
        estimate_told(&flows[1], 100 * MS, now_us);
    }
    assert_in_range(estimate_arrived(&estimate, SECOND, now_us), 1800000, 2100000);
    assert_true(estimate.bitrate >= 1900000); // of both together
    uint64_t both = estimate.bitrate;
    for (int i = 0; i < 4; i++) { // one of them sees the queue: both are stepped down
        run_flow(&flows[1], 1000000, 300000, 0);
        now_us += ROUND;
        estimate_told(&flows[1], 100 * MS, now_us);
    }
    assert_true(estimate.bitrate < both);
    estimate_remove(&flows[1]);
    estimate_remove(&flows[1]);
    now_us += 2 * SECOND;
    assert_int_equal(estimate_arrived(&estimate, SECOND, now_us), 0);
    assert_int_equal(estimate_queue(&estimate, now_us), 0);
}

// The way of one becomes longer, the other began on the longer one: it sees no queue, and that is
// no reason to take the first one's for one.
static void a_longer_way_is_noticed_beside_a_session_that_began_on_it(void **state)
{
    (void)state;
    run(1000000, 9000000, 0, 30);
    estimate_add(&estimate, &flows[1]);
    way_us = 120 * MS;
    for (int i = 0; i < 60; i++) {
        uint64_t rate = i < 10 ? 1000000 : 300000; // it takes a while to become less
        run_flow(&flows[0], rate * 3 / 4, 9000000, 0);
        run_flow(&flows[1], rate / 4, 9000000, 0);
        now_us += ROUND;
        estimate_told(&flows[0], 100 * MS, now_us);
        estimate_told(&flows[1], 100 * MS, now_us);
    }
    assert_true(estimate_quiet(&estimate, SECOND, now_us));
    assert_true(estimate.bitrate > 600000);
}

static void without_any_echo_it_falls(void **state)
{
    (void)state;
    run(2000000, 10000000, 0, 30);
    uint64_t before = estimate.bitrate;
    for (int i = 0; i < 5; i++, now_us += SECOND)
        estimate_tick(&estimate, false, now_us); // nothing was sent
    assert_int_equal(estimate.bitrate, before);
    for (int i = 0; i < 5; i++, now_us += SECOND)
        estimate_tick(&estimate, true, now_us);
    assert_true(estimate.bitrate < before / 4);
}

static void receiver_reports_do_when_there_is_no_more(void **state)
{
    struct estimate_report report = {.packets = 200, .lost = 0, .rtt_us = 50 * MS, .sent = 1500000};
    (void)state;
    estimate.blind = true;
    for (int i = 0; i < 30; i++, now_us += SECOND)
        estimate_report(&flows[0], &report, now_us);
    assert_true(estimate.bitrate > 1500000);
    report.rtt_us = 600 * MS; // a queue
    estimate_report(&flows[0], &report, now_us);
    assert_true(estimate.bitrate < 1500000);
    report.packets = 0; // tells nothing
    uint64_t before = estimate.bitrate;
    estimate_report(&flows[0], &report, now_us += SECOND);
    assert_int_equal(estimate.bitrate, before);
}

// --- probes -------------------------------------------------------------------------------------

static struct probe probe;

// Sends the cluster over a link of this rate; false when none is due.
static bool send_cluster(uint64_t wanted, uint64_t link)
{
    if (!probe_due(&probe, &estimate, wanted, false, now_us))
        return false;
    unsigned count = probe.bytes / 300;
    free_us = 0;
    probe_begin(&probe, seq);
    probe_sent(&probe, (uint16_t)(seq + count), now_us);
    for (unsigned i = 0; i < count; i++) {
        struct sent_row row = {.seq = seq++, .size = 300, .arrived = true};
        row.sent_us = now_us + i * 300 * 8 * SECOND / (int64_t)probe.rate;
        free_us = (free_us > row.sent_us ? free_us : row.sent_us) +
                  300 * 8 * SECOND / (int64_t)link;
        row.arrival_us = free_us + SKEW;
        probe_row(&probe, &row);
    }
    assert_true(free_us - now_us - (int64_t)count * 300 * 8 * SECOND / (int64_t)probe.rate <
                PROBE_QUEUE_US + 20 * MS);
    now_us += ROUND;
    probe_judge(&probe, &estimate, now_us);
    assert_false(probe.running);
    return true;
}

static int open_probe(void **state)
{
    open_path(state);
    memset(&probe, 0, sizeof(probe));
    run(500000, 20000000, 0, 30);
    return 0;
}

static void a_wide_path_is_found_by_probes(void **state)
{
    (void)state;
    int64_t from_us = now_us;
    while (estimate.bitrate < 4000000 && now_us - from_us < 10 * SECOND)
        if (!send_cluster(4000000, 20000000))
            now_us += ROUND;
    assert_true(estimate.bitrate >= 4000000);
    assert_true(now_us - from_us < 4 * SECOND);
    assert_false(send_cluster(4000000, 20000000)); // nothing more is wanted
}

static void a_narrow_path_is_not_taken_for_wide(void **state)
{
    int clusters = 0;
    (void)state;
    for (int i = 0; i < 600; i++, now_us += ROUND) // a minute
        clusters += send_cluster(4000000, 1100000);
    assert_in_range(estimate.bitrate, 950000, 1150000);
    assert_in_range(clusters, 5, 14); // seldom
}

static void no_probe_into_a_queue(void **state)
{
    (void)state;
    run(2000000, 400000, 0, 5);
    assert_false(probe_due(&probe, &estimate, 4000000, false, now_us));
}

static void no_probe_into_what_may_become_one(void **state)
{
    (void)state;
    run(500000, 460000, 0, 5); // not too long yet
    assert_true(estimate_quiet(&estimate, SECOND, now_us));
    assert_false(probe_due(&probe, &estimate, 4000000, false, now_us));
    run(500000, 20000000, 0, 10);
    assert_true(probe_due(&probe, &estimate, 4000000, false, now_us));
}

static void who_has_no_picture_is_probed_for_sooner(void **state)
{
    (void)state;
    run(500000, 300000, 0, 5);
    run(50000, 300000, 0, 26);
    assert_true(estimate.lowered > 0);
    assert_false(probe_due(&probe, &estimate, 400000, false, now_us));
    assert_true(probe_due(&probe, &estimate, 400000, true, now_us));
}

static void a_probe_nobody_tells_of_ends(void **state)
{
    (void)state;
    assert_true(probe_due(&probe, &estimate, 4000000, false, now_us));
    probe_begin(&probe, seq);
    probe_sent(&probe, (uint16_t)(seq + 10), now_us);
    uint64_t before = estimate.bitrate;
    probe_judge(&probe, &estimate, now_us + SECOND / 2);
    assert_true(probe.running);
    probe_judge(&probe, &estimate, now_us + 3 * SECOND);
    assert_false(probe.running);
    assert_int_equal(estimate.bitrate, before);
    now_us += 20 * SECOND;
    assert_true(probe_due(&probe, &estimate, 4000000, false, now_us));
    probe_begin(&probe, seq);
    probe_sent(&probe, seq, now_us); // nothing could be sent: that is no failure
    assert_false(probe.running);
    assert_true(probe_due(&probe, &estimate, 4000000, false, now_us));
}

// --- the budget ---------------------------------------------------------------------------------

static void far_too_much_is_cut_once(void **state)
{
    struct budget budget;
    struct allocate_stream picture = {
        .class = ALLOCATE_FACES, .count = 2, .most = 2, .rate = {150000, 2000000}};
    (void)state;
    budget_init(&budget, now_us);
    allocate_add(&budget.allocation, &picture);
    budget.estimate.bitrate = 2500000;
    budget_tick(&budget, 2000000, now_us);
    assert_int_equal(picture.layer, 1);
    assert_false(budget.cut);
    assert_false(budget_due(&budget, now_us + 1));
    assert_int_equal(budget_room(&budget, &picture, now_us + SECOND), 2500000);
    now_us += 10 * MS;
    budget.estimate.bitrate = 400000;
    budget.estimate.lowered++;
    budget.estimate.lowered_us = now_us;
    assert_true(budget_due(&budget, now_us));
    budget_tick(&budget, 2000000, now_us);
    assert_true(budget.cut);
    assert_int_equal(picture.layer, 0);
    now_us += 100 * MS;
    budget.estimate.lowered++;
    budget_tick(&budget, 2000000, now_us);
    assert_true(budget.cut); // nobody did
    budget_was_cut(&budget, now_us);
    now_us += 300 * MS;
    budget.estimate.lowered++;
    budget.estimate.lowered_us = now_us;
    budget_tick(&budget, 1500000, now_us); // still measured, long gone
    assert_false(budget.cut);
}

static void a_raised_pictures_keyframe_is_no_reason(void **state)
{
    struct budget budget;
    struct allocate_stream picture = {
        .class = ALLOCATE_FACES, .count = 2, .most = 2, .rate = {150000, 2000000}};
    (void)state;
    budget_init(&budget, now_us);
    allocate_add(&budget.allocation, &picture);
    budget.estimate.lowered = 1;
    budget.estimate.bitrate = 400000;
    budget_tick(&budget, 150000, now_us += 10 * SECOND);
    assert_int_equal(budget_spare(&budget, now_us), 0);
    budget.estimate.bitrate = 2500000;
    budget_tick(&budget, 150000, now_us += 10 * SECOND);
    assert_int_equal(picture.layer, 1);
    assert_int_equal(budget_spare(&budget, now_us + 100 * MS), PROBE_QUEUE_US);
    assert_int_equal(budget_spare(&budget, now_us + SECOND), 0);
}

static void what_is_sent_again_has_to_fit(void **state)
{
    struct budget budget;
    (void)state;
    budget_init(&budget, now_us);
    for (int i = 0; i < 1500; i++)
        budget_again(&budget, 100, now_us += MS);
    budget_tick(&budget, 0, now_us);
    assert_in_range(budget.bits, ESTIMATE_START / 2, ESTIMATE_START / 2 + ESTIMATE_START / 5);
    for (int i = 0; i < 1500; i++)
        budget_again(&budget, 10000, now_us += MS);
    budget_tick(&budget, 0, now_us);
    assert_int_equal(budget.bits, ESTIMATE_START / 2); // never all of it
    budget_was_cut(&budget, now_us);
    budget_tick(&budget, 0, now_us);
    assert_int_equal(budget.bits, ESTIMATE_START);
}

#define PATH_TEST(name)  cmocka_unit_test_setup(name, open_path)
#define PROBE_TEST(name) cmocka_unit_test_setup(name, open_probe)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PATH_TEST(it_begins_with_a_guess),
        PATH_TEST(what_arrives_is_proof),
        PATH_TEST(a_full_link_is_stepped_below_at_once),
        PATH_TEST(loss_that_does_not_fall_is_the_paths_own),
        PATH_TEST(loss_that_falls_is_congestion),
        PATH_TEST(a_late_packet_is_not_lost),
        PATH_TEST(sessions_share_one_path),
        PATH_TEST(a_longer_way_is_noticed_beside_a_session_that_began_on_it),
        PATH_TEST(without_any_echo_it_falls),
        PATH_TEST(receiver_reports_do_when_there_is_no_more),
        PROBE_TEST(a_wide_path_is_found_by_probes),
        PROBE_TEST(a_narrow_path_is_not_taken_for_wide),
        PROBE_TEST(no_probe_into_a_queue),
        PROBE_TEST(who_has_no_picture_is_probed_for_sooner),
        PROBE_TEST(no_probe_into_what_may_become_one),
        PROBE_TEST(a_probe_nobody_tells_of_ends),
        PATH_TEST(far_too_much_is_cut_once),
        PATH_TEST(a_raised_pictures_keyframe_is_no_reason),
        PATH_TEST(what_is_sent_again_has_to_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
