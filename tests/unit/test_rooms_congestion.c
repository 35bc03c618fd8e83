// One path a participant: who shares it, what its watches are given, probes, pace; in virtual time.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/rooms/congestion.h"

#define MS     1000LL
#define SECOND 1000000LL
#define SKEW   55555555LL
#define SIZE   1000u
#define PAD    250u // a packet of a probe
#define KBIT   1000u

static const uint64_t rates[] = {150 * KBIT, 500 * KBIT, 2000 * KBIT};

struct viewer {
    struct congestion_flow flow;
    struct outlet outlet;
    struct layer_list layers;
    bool held, slides;
    int shown; // layer; -1: paused
    unsigned aims, cuts, probes;
    uint32_t probe_bytes;
    uint64_t bytes;
    uint16_t seq;
    int64_t free_us;
};

static struct congestion *congestion;
static struct viewer viewers[2];
static int64_t now_us;

static struct viewer *viewer_of(struct congestion_flow *flow)
{
    return container_of(flow, struct viewer, flow);
}

static void look(struct congestion_flow *flow, int64_t at_us, struct congestion_look *out)
{
    struct viewer *viewer = viewer_of(flow);
    (void)at_us;
    out->layers = viewer->layers;
    out->class = viewer->slides ? ALLOCATE_SLIDES : ALLOCATE_FACES;
    out->held = viewer->held;
    out->sound = true;
    out->bytes = viewer->bytes;
}

static void aim(struct congestion_flow *flow, const struct layer *wanted, enum sub_pause why,
                int64_t at_us)
{
    struct viewer *viewer = viewer_of(flow);
    (void)at_us;
    assert_int_equal(why, wanted ? SUB_NOT_PAUSED : SUB_PAUSED_NETWORK);
    viewer->aims++;
    viewer->shown = wanted ? layers_find(&viewer->layers, wanted) : -1;
}

static void cut(struct congestion_flow *flow, const struct layer *wanted, int64_t at_us)
{
    viewer_of(flow)->cuts++;
    aim(flow, wanted, SUB_NOT_PAUSED, at_us);
}

static unsigned probe(struct congestion_flow *flow, uint32_t bytes, uint16_t *first)
{
    struct viewer *viewer = viewer_of(flow);
    viewer->probes++;
    viewer->probe_bytes = bytes;
    *first = viewer->seq;
    return bytes / PAD + 1;
}

static const struct congestion_ops ops = {.look = look, .aim = aim, .cut = cut, .probe = probe};

static void set_layers(struct viewer *viewer, unsigned count)
{
    viewer->layers.count = count;
    for (unsigned i = 0; i < count; i++)
        viewer->layers.layer[i] = (struct layer){
            .rate = rates[i], .encoding = (uint8_t)i, .active = true};
}

static void join(struct viewer *viewer, const char *participant, const char *from)
{
    const struct congestion_config config = {
        .ops = &ops, .participant = participant, .outlet = &viewer->outlet, .counted = true};
    assert_int_equal(addr_parse(&viewer->outlet.path.remote, from), 0);
    viewer->shown = 99;
    set_layers(viewer, 3);
    assert_int_equal(congestion_join(congestion, &viewer->flow, &config, now_us), 0);
}

static int open_all(void **state)
{
    (void)state;
    now_us = 1000 * SECOND;
    memset(viewers, 0, sizeof(viewers));
    return congestion_alloc(&congestion);
}

static int close_all(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++)
        congestion_leave(congestion, &viewers[i].flow);
    congestion_free(congestion);
    return 0;
}

// A tenth of a second in which `rate` bit/s are sent over a link of `link`.
static void tenth(struct viewer *viewer, uint64_t rate, uint64_t link)
{
    unsigned count = (unsigned)(rate / 80 / SIZE);
    for (unsigned i = 0; i < count; i++) {
        struct sent_row row = {.seq = viewer->seq++, .size = SIZE, .arrived = true};
        row.sent_us = now_us + (int64_t)i * 100 * MS / count;
        if (viewer->free_us < row.sent_us)
            viewer->free_us = row.sent_us;
        viewer->free_us += (int64_t)(SIZE * 8 * SECOND / link);
        row.arrival_us = viewer->free_us + SKEW;
        viewer->bytes += SIZE;
        congestion_row(&viewer->flow, &row);
    }
    now_us += 100 * MS;
    congestion_told(&viewer->flow, 60 * MS, now_us);
}

static uint64_t sends(const struct viewer *viewer)
{
    return viewer->shown < 0 ? 40 * KBIT : 40 * KBIT + rates[viewer->shown < 3 ? viewer->shown : 2];
}

// As much as it is shown goes over the link.
static void watch(struct viewer *viewer, uint64_t link, int tenths)
{
    for (int i = 0; i < tenths; i++)
        tenth(viewer, sends(viewer), link);
}

static void a_good_path_shows_the_best(void **state)
{
    (void)state;
    join(&viewers[0], "anna", "192.0.2.1:5000");
    watch(&viewers[0], 20000 * KBIT, 50);
    assert_int_equal(viewers[0].shown, 2);
    assert_int_equal(viewers[0].aims, 1);
    assert_int_equal(viewers[0].cuts, 0);
    assert_true(viewers[0].outlet.pace_rate >= BUDGET_PACE_START);
    assert_int_equal(congestion_room(&viewers[0].flow, now_us), UINT64_MAX);
    assert_false(congestion_crowded(&viewers[0].flow));
}

static void a_bad_one_is_cut_and_shows_less(void **state)
{
    (void)state;
    join(&viewers[0], "anna", "192.0.2.1:5000");
    watch(&viewers[0], 20000 * KBIT, 30);
    watch(&viewers[0], 400 * KBIT, 3);
    assert_int_equal(viewers[0].cuts, 1);
    assert_true(viewers[0].shown < 1);
    assert_true(viewers[0].outlet.pace_rate < 1000 * KBIT);
    assert_true(congestion_estimate(&viewers[0].flow) < 400 * KBIT);
    viewers[0].free_us = 0;
    for (int i = 0; i < 100 && viewers[0].shown != 0; i++)
        watch(&viewers[0], 400 * KBIT, 1);
    assert_int_equal(viewers[0].shown, 0);
}

static void below_the_floor_pictures_pause_and_come_back(void **state)
{
    (void)state;
    join(&viewers[0], "anna", "192.0.2.1:5000");
    watch(&viewers[0], 20000 * KBIT, 30);
    watch(&viewers[0], 100 * KBIT, 10);
    assert_int_equal(viewers[0].shown, -1);
    assert_true(congestion_room(&viewers[0].flow, now_us) < 150 * KBIT);
    assert_true(congestion_crowded(&viewers[0].flow));
    viewers[0].free_us = 0;
    int tenths = 0; // the path is wide again: probes find out
    for (; tenths < 300 && viewers[0].shown < 2; tenths++) {
        uint32_t padding = viewers[0].probe_bytes;
        viewers[0].probe_bytes = 0;
        uint64_t pace = viewers[0].outlet.pace_rate;
        if (padding) { // leaves at the pace it was given
            for (unsigned i = 0; i < padding / PAD + 1; i++) {
                struct sent_row row = {.seq = viewers[0].seq++, .size = PAD, .arrived = true};
                row.sent_us = now_us + (int64_t)(i * PAD * 8 * SECOND / pace);
                row.arrival_us = row.sent_us + 400 + SKEW;
                congestion_row(&viewers[0].flow, &row);
            }
        }
        watch(&viewers[0], 20000 * KBIT, 1);
    }
    assert_int_equal(viewers[0].shown, 2);
    assert_in_range(tenths, 20, 250);
    assert_true(viewers[0].probes > 1);
}

static void two_watches_of_one_share_it(void **state)
{
    (void)state;
    join(&viewers[0], "anna", "192.0.2.1:5000");
    join(&viewers[1], "anna", "192.0.2.1:6000");
    viewers[1].slides = true;
    for (int i = 0; i < 20; i++) {
        tenth(&viewers[0], sends(&viewers[0]), 20000 * KBIT);
        now_us -= 100 * MS;
        tenth(&viewers[1], sends(&viewers[1]), 20000 * KBIT);
    }
    assert_int_equal(congestion_estimate(&viewers[0].flow), congestion_estimate(&viewers[1].flow));
    watch(&viewers[0], 500 * KBIT, 3); // its queue is the queue of both
    assert_true(viewers[1].shown < 2);
    assert_true(viewers[1].shown >= viewers[0].shown); // slides before faces
    assert_int_equal(congestion_estimate(&viewers[0].flow), congestion_estimate(&viewers[1].flow));
    congestion_leave(congestion, &viewers[0].flow);
    assert_int_equal(viewers[0].outlet.pace_rate, 0);
    assert_int_equal(congestion_estimate(&viewers[0].flow), 0);
    assert_true(congestion_estimate(&viewers[1].flow) > 0);
}

static void others_have_their_own(void **state)
{
    (void)state;
    join(&viewers[0], "anna", "192.0.2.1:5000");
    join(&viewers[1], "anna", "198.51.100.7:5000"); // at another place
    watch(&viewers[0], 20000 * KBIT, 20);
    watch(&viewers[0], 300 * KBIT, 5);
    assert_true(congestion_estimate(&viewers[0].flow) < 300 * KBIT);
    assert_int_equal(congestion_estimate(&viewers[1].flow), ESTIMATE_START);
}

// He minds his own way by himself, which may be the same one: only a queue that he cannot see steps
// in, and it takes no keyframe.
static void a_held_publisher_is_no_reason_to_pause(void **state)
{
    (void)state;
    join(&viewers[0], "anna", "192.0.2.1:5000");
    viewers[0].held = true;
    set_layers(&viewers[0], 1);
    viewers[0].layers.layer[0].rate = 2000 * KBIT;
    for (int i = 0; i < 20; i++)
        tenth(&viewers[0], 2000 * KBIT, 20000 * KBIT);
    tenth(&viewers[0], 2000 * KBIT, 600 * KBIT); // a queue of 230 ms
    assert_true(congestion_room(&viewers[0].flow, now_us) == UINT64_MAX);
    tenth(&viewers[0], 2000 * KBIT, 600 * KBIT);
    assert_int_equal(viewers[0].shown, 0);
    assert_int_equal(viewers[0].cuts, 0);
    assert_in_range(congestion_room(&viewers[0].flow, now_us), 100 * KBIT, 600 * KBIT);
}

// Who sends less than he may is held by something else, as his own network: there is no reason to
// find out whether he might send more.
static void a_held_publisher_is_probed_for_when_he_fills_his_room(void **state)
{
    (void)state;
    join(&viewers[0], "anna", "192.0.2.1:5000");
    viewers[0].held = true;
    set_layers(&viewers[0], 1);
    viewers[0].layers.layer[0].rate = 1500 * KBIT;
    for (int i = 0; i < 20; i++)
        tenth(&viewers[0], 1500 * KBIT, 20000 * KBIT);
    for (int i = 0; i < 3; i++)
        tenth(&viewers[0], 1500 * KBIT, 500 * KBIT);
    viewers[0].free_us = 0;
    viewers[0].layers.layer[0].rate = 150 * KBIT;
    for (int i = 0; i < 100; i++)
        tenth(&viewers[0], 200 * KBIT, 20000 * KBIT);
    assert_int_equal(viewers[0].probes, 0);
    viewers[0].layers.layer[0].rate = 800 * KBIT;
    for (int i = 0; i < 20; i++)
        tenth(&viewers[0], 800 * KBIT, 20000 * KBIT);
    assert_true(viewers[0].probes > 0);
}

static void a_viewers_own_wish_is_respected(void **state)
{
    (void)state;
    join(&viewers[0], "anna", "192.0.2.1:5000");
    watch(&viewers[0], 20000 * KBIT, 10);
    set_layers(&viewers[0], 0); // he wants none: nobody aims
    unsigned aims = viewers[0].aims;
    for (int i = 0; i < 10; i++)
        tenth(&viewers[0], 40 * KBIT, 20000 * KBIT);
    assert_int_equal(viewers[0].aims, aims);
    set_layers(&viewers[0], 2);
    watch(&viewers[0], 20000 * KBIT, 2);
    assert_int_equal(viewers[0].shown, 1);
    congestion_renew(&viewers[0].flow, now_us); // shows somebody else
    congestion_tick(&viewers[0].flow, now_us);
    assert_int_equal(viewers[0].aims, aims + 2);
}

static void a_still_picture_is_not_cheap_for_long(void **state)
{
    (void)state;
    join(&viewers[0], "anna", "192.0.2.1:5000");
    watch(&viewers[0], 20000 * KBIT, 20);
    watch(&viewers[0], 400 * KBIT, 3); // shown less
    assert_true(viewers[0].shown < 2);
    viewers[0].free_us = 0;
    viewers[0].layers.layer[1].rate = 160 * KBIT; // nothing moves for two seconds
    viewers[0].layers.layer[2].rate = 170 * KBIT;
    for (int i = 0; i < 20; i++) {
        tenth(&viewers[0], 190 * KBIT, 400 * KBIT);
        assert_true(viewers[0].shown < 2);
    }
}

static void lack_of_memory_is_a_clean_error(void **state)
{
    const struct congestion_config config = {
        .ops = &ops, .participant = "anna", .outlet = &viewers[0].outlet, .counted = true};
    struct congestion *none = NULL;
    (void)state;
    for (long i = 0; i < 2; i++) {
        mem_fail_after(i);
        assert_int_equal(congestion_alloc(&none), ENOMEM);
    }
    mem_fail_after(0);
    assert_int_equal(congestion_join(congestion, &viewers[0].flow, &config, now_us), ENOMEM);
    mem_fail_after(-1);
    congestion_tick(&viewers[0].flow, now_us);
    congestion_told(&viewers[0].flow, 1, now_us);
    assert_null(viewers[0].flow.path);
}

#define PATH_TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PATH_TEST(a_good_path_shows_the_best),
        PATH_TEST(a_bad_one_is_cut_and_shows_less),
        PATH_TEST(below_the_floor_pictures_pause_and_come_back),
        PATH_TEST(two_watches_of_one_share_it),
        PATH_TEST(others_have_their_own),
        PATH_TEST(a_held_publisher_is_no_reason_to_pause),
        PATH_TEST(a_held_publisher_is_probed_for_when_he_fills_his_room),
        PATH_TEST(a_viewers_own_wish_is_respected),
        PATH_TEST(a_still_picture_is_not_cheap_for_long),
        PATH_TEST(lack_of_memory_is_a_clean_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
