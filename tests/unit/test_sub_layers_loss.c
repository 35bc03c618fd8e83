// Losses on the way to a viewer whose encodings and layers change.
#include "tests/unit/support/layered.h"

#include <stdlib.h>

#include "gateway/relay/rtx.h"

static void numbers_lead_back_over_changes(void **state)
{
    static uint8_t sent[400][2048];
    static size_t lens[400];
    static uint16_t seqs[400];
    size_t count = 0;
    (void)state;
    layered_start(false);
    layered_see(HIGH);
    layered_aim(HIGH, 0); // all that follows is within the second that is kept
    layered_tick_many(6, 7);
    layered_aim(HIGH, 2);
    layered_tick(7, 1 << HIGH);
    layered_tick_many(6, 7);
    layered_aim(LOW, 1);
    layered_tick(7, 1 << LOW);
    layered_tick_many(12, 7);
    while (layered_next()) {
        layered_check();
        memcpy(sent[count], layered.got.data, layered.got.len);
        seqs[count] = layered.got.rtp.seq;
        lens[count++] = layered.got.len;
    }
    assert_true(count > 25);
    // Whatever is asked for comes as it was, byte for byte: under its number it cannot be others.
    for (size_t i = count; i-- > 0;) {
        layered.now_us += 100 * MEDIA_MS; // the bound on retransmissions is not what is tested
        sub_nack(layered.sub, seqs[i], layered.now_us);
        assert_true(layered_next());
        assert_int_equal(layered.got.len, lens[i]);
        assert_memory_equal(layered.got.data, sent[i], layered.got.len);
        assert_false(layered_next());
    }
}

static void the_repairing_stream_has_the_numbers_of_the_viewer(void **state)
{
    uint8_t sent[2048];
    (void)state;
    layered_start(true);
    layered_aim(LOW, 0);
    layered_tick(7, 1 << LOW);
    layered_tick_many(8, 7);
    while (layered_next() && layered.got.encoding != LOW)
        layered_check();
    uint16_t seq = layered.got.rtp.seq;
    size_t len = layered.got.rtp.payload_len;
    memcpy(sent, layered.got.rtp.payload, len);
    while (layered_next())
        continue;
    sub_nack(layered.sub, seq, layered.now_us);
    assert_true(layered_next());
    assert_int_equal(layered.got.rtp.ssrc, LAYERED_RTX);
    assert_int_equal(get_u16(layered.got.rtp.payload), seq);
    assert_int_equal(layered.got.rtp.payload_len, len + RTX_LEAD);
    assert_memory_equal(layered.got.rtp.payload + RTX_LEAD, sent, len);
}

// A packet that comes late had a number kept for it, since nobody knew its layer.
static void what_was_missing_fills_its_place(void **state)
{
    (void)state;
    layered_start(false);
    layered_see(HIGH);
    layered_aim(HIGH, 0);
    while (layered.at[HIGH].frame % 4 != 0)
        layered_tick(7, 0);
    layered_tick(7, 0); // the base: from here on it alone is sent
    layered_see(HIGH);
    // One packet of a picture he does not get is lost, and comes when the next base was there.
    layered_begin_frame(HIGH, false);
    struct packet *first = layered_make(HIGH, false, true, false),
                  *late = layered_make(HIGH, false, false, true);
    track_push(layered.tracks[HIGH], first, layered.now_us);
    packet_drop(first);
    layered.at[HIGH].frame++;
    layered_tick_many(2, 7);
    assert_false(layered_next());
    layered_tick(7, 0);
    assert_true(layered_next());
    assert_int_equal(layered.got.rtp.seq, (uint16_t)(layered.seen.seq + 2));
    uint16_t base = layered.got.rtp.seq;
    assert_int_equal(layered.got.vp8.picture_id, (layered.seen.picture + 1) & 0x7fff);
    assert_true(layered_next());
    track_push(layered.tracks[HIGH], late, layered.now_us);
    packet_drop(late);
    assert_true(layered_next());
    assert_int_equal(layered.got.rtp.seq, (uint16_t)(base - 1));
    assert_int_equal(layered.got.rtp.payload_len, 0); // nothing in it that he could decode
    assert_false(layered_next());
    // The same again when it is asked for later.
    sub_nack(layered.sub, (uint16_t)(base - 1), layered.now_us + 30 * MEDIA_MS);
    assert_true(layered_next());
    assert_int_equal(layered.got.rtp.payload_len, 0);
}

// A picture whose packets are now and then held back, for a while, on their way in.
static struct packet *held[8];

static void push_or_hold(struct packet *packet, bool may_hold)
{
    struct packet **slot = &held[random() % 8];
    struct packet *go = packet;
    if (may_hold && random() % 10 == 0) {
        go = *slot;
        *slot = packet;
    }
    if (go)
        track_push(layered.tracks[go->rtp.ssrc - 100], go, layered.now_us);
    packet_drop(go);
}

static void release_held(void)
{
    for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
        if (held[i])
            track_push(layered.tracks[held[i]->rtp.ssrc - 100], held[i], layered.now_us);
        packet_drop(held[i]);
        held[i] = NULL;
    }
}

static void disturbed_tick(unsigned n)
{
    for (unsigned i = 0; i < LAYERS_ENCODINGS; i++) {
        layered.at[i].ts += LAYERED_TICK;
        layered_begin_frame(i, n % 25 == 0);
        for (unsigned k = 0; k < LAYERED_PACKETS; k++)
            push_or_hold(layered_make(i, n % 25 == 0, k == 0, k == 1), n % 25 > 3 && n % 25 < 20);
        layered.at[i].frame++;
    }
    if (n % 25 == 24)
        release_held();
    layered.now_us += LAYERED_STEP;
}

// Any delays on the way in, any choices: the viewer misses nothing he could ask for, and gets
// nothing twice.
static void nothing_is_lost_by_choosing(void **state)
{
    static bool have[65536];
    uint16_t last = 0;
    (void)state;
    srandom(8);
    memset(have, 0, sizeof(have));
    layered_start(false);
    layered_see(HIGH);
    last = layered.seen.seq;
    for (unsigned n = 0; n < 2000; n++) {
        if (random() % 20 == 0)
            layered_aim(random() % 2 ? HIGH : MIDDLE, (unsigned)random() % 3);
        disturbed_tick(n);
        while (layered_next()) {
            assert_false(have[layered.got.rtp.seq]);
            have[layered.got.rtp.seq] = true;
            if ((int16_t)(uint16_t)(layered.got.rtp.seq - last) > 0)
                last = layered.got.rtp.seq;
        }
        for (uint16_t seq = (uint16_t)(last - 40); n > 60 && n % 25 == 24 && seq != last; seq++) {
            if (have[seq])
                continue;
            layered.now_us += 10 * MEDIA_MS;
            sub_nack(layered.sub, seq, layered.now_us);
            assert_true(layered_next());
            assert_int_equal(layered.got.rtp.seq, seq);
            have[seq] = true;
        }
    }
    assert_true(counter_get(&layered.drops.count[DROP_LATE]) > 0); // else it was too easy
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, layered_open, layered_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_lead_back_over_changes),
        TEST(the_repairing_stream_has_the_numbers_of_the_viewer),
        TEST(what_was_missing_fills_its_place),
        TEST(nothing_is_lost_by_choosing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
