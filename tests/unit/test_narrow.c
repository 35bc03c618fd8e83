// Is a publisher whose way to us becomes narrow told so, soon enough to matter, and nobody else? A
// camera that is paced as browsers do, and its network, are models in virtual time.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/feedback/narrow.h"
#include "tests/unit/support/sim_link.h"

#define MS         1000LL
#define SECOND     1000000LL
#define SEEDS      8
#define SEED       301
#define STEP_US    (20 * SECOND)
#define END_US     (25 * SECOND)
#define SPEECH     130 // bytes a packet, every 20 ms
#define PACKET     1100
#define FRAMES     20
#define KEYS       40     // pictures from one keyframe to the next,
#define KEY        6      // which is so many times as large
#define PACED      2.5    // times the rate
#define WORD_US    125000 // what we say reaches him: his way down has a queue, too
#define NOTICES_US 700000 // by himself, from what our feedback tells him

struct row {
    const char *name;
    struct sim_link_config before, after; // after.rate 0: nothing changes
    uint64_t rate;                        // of the pictures, bit/s
    int told_by_ms;                       // after the change; 0: nothing is to be said,
    int words;                            // or so often at most
    int lost;                             // percent of what is lost when nothing is said, at most
};

struct camera {
    const struct row *row;
    struct sim_link *link;
    struct narrow narrow;
    bool deaf;
    uint64_t rate, word; // bit/s
    int64_t word_us;     // when he hears it; 0: nothing is on its way
    int64_t told_us;     // first
    uint64_t told;
    int words;
    double backlog, credit; // bytes
    unsigned frame;
    uint64_t sent, arrived; // packets of pictures since the change: `key` in the model
};

static uint32_t abs_of(int64_t now_us)
{
    return (uint32_t)((uint64_t)now_us * 262144 / SECOND) & 0xffffff;
}

static void send(struct camera *camera, uint8_t kind, size_t len, int64_t now_us)
{
    struct sim_packet packet = {
        .kind = kind, .len = len + 28, .frame = abs_of(now_us), .key = kind && now_us >= STEP_US};
    sim_link_send(camera->link, &packet, now_us);
    camera->sent += packet.key;
}

static void film(struct camera *camera, int64_t now_us)
{
    if (now_us % (SECOND / FRAMES) == 0)
        camera->backlog += (double)camera->rate / 8 / FRAMES * (camera->frame++ % KEYS ? 1 : KEY);
    camera->credit += (double)camera->rate * PACED / 8 / 1000;
    while (camera->backlog > 0 && camera->credit > 0) {
        double len = camera->backlog < PACKET ? camera->backlog : PACKET;
        send(camera, 1, (size_t)len, now_us);
        camera->backlog -= len;
        camera->credit -= len;
    }
    if (camera->backlog <= 0)
        camera->credit = 0;
    if (now_us % (20 * MS) == 0)
        send(camera, 0, SPEECH, now_us);
}

static void listen_to(struct camera *camera, int64_t now_us)
{
    struct sim_packet packet;
    while (sim_link_take(camera->link, &packet, now_us)) {
        camera->arrived += packet.key;
        uint64_t fits = narrow_arrived(&camera->narrow, packet.frame, packet.len,
                                       packet.arrival_us);
        if (!fits)
            continue;
        if (!camera->told_us) {
            camera->told_us = now_us;
            camera->told = fits;
        }
        camera->words++;
        camera->word = fits;
        camera->word_us = now_us + WORD_US;
    }
}

static void hear(struct camera *camera, int64_t now_us)
{
    const struct row *row = camera->row;
    if (camera->word_us && now_us >= camera->word_us && !camera->deaf) {
        camera->rate = camera->word;
        camera->word_us = 0;
    }
    if (row->after.rate && now_us == STEP_US + NOTICES_US && camera->rate > row->after.rate / 2)
        camera->rate = row->after.rate / 2;
}

static struct camera run(const struct row *row, uint64_t seed, bool deaf)
{
    struct camera camera = {.row = row, .rate = row->rate, .deaf = deaf, .frame = KEYS / 2};
    camera.link = sim_link_new(&row->before, seed);
    for (int64_t now_us = MS; now_us < END_US; now_us += MS) {
        if (now_us == STEP_US && row->after.rate)
            *sim_link_config(camera.link) = row->after;
        hear(&camera, now_us);
        film(&camera, now_us);
        listen_to(&camera, now_us);
    }
    sim_link_free(camera.link);
    return camera;
}

#define LINK(kbit, ...)                                                                            \
    {                                                                                              \
        .rate = (kbit)*1000u, .queue_us = 300 * MS, .delay_us = 20 * MS, __VA_ARGS__               \
    }

// clang-format off
static const struct row rows[] = {
    {"2 M to 500 k", LINK(2500), LINK(500), 1800000, 300, 1, 55},
    {"2 M to 500 k, some jitter", LINK(2500, .jitter_us = 15 * MS, .wanders = true), LINK(500, .jitter_us = 15 * MS, .wanders = true), 1800000, 400, 1, 60},
    {"2 M to 500 k, 5 % loss", LINK(2500, .loss = .05), LINK(500, .loss = .05), 1800000, 500, 1, 85},
    {"2 M to 300 k", LINK(2500), LINK(300), 1800000, 400, 1, 75},
    {"1 M to 250 k", LINK(2500), LINK(250), 900000, 500, 1, 90},
    {"nothing", LINK(2500), LINK(0), 1800000, 0, 0, 0},
    {"no bottleneck", LINK(0), LINK(0), 1800000, 0, 0, 0},
    {"as much as it takes", LINK(2000), LINK(0), 1800000, 0, 0, 0},
    {"2.5 M to 1.5 M", LINK(2500), LINK(1500), 1800000, 0, 0, 0},
    {"30 % loss", LINK(2500, .loss = .3), LINK(0), 1800000, 0, 0, 0},
    {"200 ms jitter", LINK(2500, .jitter_us = 200 * MS), LINK(0), 1800000, 0, 0, 0},
    {"30 % loss, 200 ms jitter", LINK(2500, .loss = .3, .jitter_us = 200 * MS), LINK(0), 1800000, 0, 0, 0},
    {"stands still up to 200 ms", LINK(2500, .jitter_us = 200 * MS, .ordered = true), LINK(0), 1800000, 0, 0, 0},
    // A delay that grows by 200 ms in 100 looks like it.
    {"wanders by 200 ms", LINK(2500, .jitter_us = 200 * MS, .wanders = true), LINK(0), 1800000, 0, 1, 0},
    {"a longer way", LINK(2500), {.rate = 2500000, .queue_us = 300 * MS, .delay_us = 180 * MS}, 1800000, 0, 0, 0},
    {"little is sent", LINK(300), LINK(100), 30000, 0, 0, 0},
};
// clang-format on

static bool holds(const struct row *row, uint64_t seed)
{
    struct camera told = run(row, seed, false), deaf = run(row, seed, true);
    int by_ms = told.told_us ? (int)((told.told_us - STEP_US) / MS) : 0;
    uint64_t lost = told.sent - told.arrived, before = deaf.sent - deaf.arrived;
    printf("%-28s %6d ms %8llu bit/s  lost %4llu of %4llu, deaf %4llu\n", row->name, by_ms,
           (unsigned long long)told.told, (unsigned long long)lost, (unsigned long long)told.sent,
           (unsigned long long)before);
    if (told.words > row->words)
        return false;
    return !row->told_by_ms ||
           (by_ms > 0 && by_ms <= row->told_by_ms && told.told >= NARROW_MIN &&
            told.told < row->after.rate && 100 * lost <= before * (uint64_t)row->lost);
}

static void only_who_became_narrow_is_told(void **state)
{
    bool good = true;
    (void)state;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (uint64_t seed = SEED; seed < SEED + SEEDS; seed++)
            if (!holds(&rows[i], seed)) {
                printf("  ^ not as it should be\n");
                good = false;
            }
    assert_true(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_who_became_narrow_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
