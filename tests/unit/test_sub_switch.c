// A viewer who is shown now these, now those layers never gets a frame that needs one he was not
// given: random streams, which keep the promises their headers make and no others, against a
// bookkeeping of who needs whom.
#include "tests/unit/support/layered.h"

#include <stdio.h>
#include <sys/socket.h>

#include "gateway/packet/dependency.h"

#define PT       98
#define DD_ID    13
#define SPATIAL  3
#define TEMPORAL 3
#define TARGETS  (SPATIAL * TEMPORAL)
#define PICTURES 600
#define FRAMES   (PICTURES * SPATIAL)
#define BACK     16 // frames one may need: so many before it
#define NUMBERS  65536
#define HELD     2 // packets that another one may overtake

struct frame {
    unsigned picture, spatial, temporal;
    bool key;
    uint64_t needs; // bit n: the frame n + 1 before it
    uint64_t all;   // likewise, and what those need
    uint16_t switches;
    unsigned got; // packets the viewer has, a bit each
};

static struct {
    uint32_t seed;
    enum codec codec;
    bool last;  // picture
    bool apart; // layers above the lowest need that one in keyframes alone
    struct frame frames[FRAMES];
    unsigned count;
    // The newest frame that promised something about a target.
    int promised[TARGETS];
    uint16_t seq;
    uint32_t ts;
    uint8_t tl0;
    struct packet *held[HELD];
    struct track *track;
    struct sub *sub;
    bool seen[NUMBERS];
    bool began;
    uint16_t first, newest; // of the viewer's numbers
    unsigned climbs, rises; // layers entered, temporal ones gained, away from keyframes
} run;

static struct rtp_ext_map map;

static unsigned chance(unsigned among)
{
    run.seed = run.seed * 1664525u + 1013904223u;
    return (run.seed >> 8) % among;
}

static unsigned target(unsigned spatial, unsigned temporal)
{
    return spatial * TEMPORAL + temporal;
}

// --- the publisher ------------------------------------------------------------------------------

// Does a switch of the past forbid `frame` (the next one) to need that one?
static bool forbidden(const struct frame *frame, unsigned needed)
{
    for (unsigned s = frame->spatial; s < SPATIAL; s++)
        for (unsigned t = frame->temporal; t < TEMPORAL; t++) {
            int by = run.promised[target(s, t)];
            bool member = !run.apart || s == frame->spatial;
            if (!member || by < 0 || needed >= (unsigned)by)
                continue;
            unsigned back = (unsigned)by - needed;
            if (back > 64 || !(run.frames[by].all >> (back - 1) & 1))
                return true;
        }
    return false;
}

static bool may_need(const struct frame *frame, unsigned needed)
{
    const struct frame *other = &run.frames[needed];
    bool same_picture = other->picture == frame->picture;
    if (other->spatial > frame->spatial || other->temporal > frame->temporal)
        return false;
    if (frame->key)
        return same_picture;
    if (run.apart && other->spatial != frame->spatial)
        return false;
    if (run.codec == CODEC_VP9 && (other->spatial != frame->spatial) != same_picture)
        return false;
    return !forbidden(frame, needed);
}

static void choose_needs(struct frame *frame)
{
    unsigned at = run.count;
    for (unsigned back = 1; back <= BACK && back <= at; back++)
        if (may_need(frame, at - back) && chance(3) == 0) {
            frame->needs |= 1ULL << (back - 1);
            frame->all |= 1ULL << (back - 1) | run.frames[at - back].all << back;
        }
}

static bool is_fresh(const struct frame *frame)
{
    bool fresh = true;
    for (unsigned back = 1; back <= BACK; back++)
        if (frame->needs >> (back - 1) & 1)
            fresh = fresh && run.frames[run.count - back].picture == frame->picture;
    return fresh;
}

// What VP9 can say: one bit for all temporal layers above, and (fresh) that the layer begins anew.
static void promise_by_bits(struct frame *frame)
{
    bool up = frame->key || chance(4) == 0;
    bool fresh = is_fresh(frame) && frame->temporal == 0;
    for (unsigned t = frame->temporal; t < TEMPORAL; t++)
        if (t > frame->temporal ? up : fresh)
            frame->switches |= (uint16_t)(1u << target(frame->spatial, t));
}

static void promise(struct frame *frame)
{
    if (run.codec == CODEC_VP9) {
        promise_by_bits(frame);
    } else {
        for (unsigned s = frame->spatial; s < SPATIAL; s++)
            for (unsigned t = frame->temporal; t < TEMPORAL; t++)
                if (frame->key || (chance(4) == 0 && (!run.apart || s == frame->spatial)))
                    frame->switches |= (uint16_t)(1u << target(s, t));
    }
    for (unsigned i = 0; i < TARGETS; i++)
        if (frame->switches >> i & 1)
            run.promised[i] = (int)run.count;
}

// --- its packets --------------------------------------------------------------------------------

struct bits {
    uint8_t *to;
    size_t at;
};

static void put(struct bits *b, uint32_t value, unsigned count)
{
    for (; count; count--, b->at++)
        if (value >> (count - 1) & 1)
            b->to[b->at / 8] |= (uint8_t)(0x80 >> b->at % 8);
}

// A template for each layer, which says nothing: frames have uses and distances of their own.
static void put_structure(struct bits *b)
{
    put(b, 0, 6);
    put(b, TARGETS - 1, 5);
    for (unsigned i = 0; i < TARGETS; i++)
        put(b, i == TARGETS - 1 ? 3 : i % TEMPORAL == TEMPORAL - 1 ? 2 : 1, 2);
    for (unsigned i = 0; i < TARGETS; i++)
        for (unsigned k = 0; k < TARGETS; k++)
            put(b, k / TEMPORAL >= i / TEMPORAL && k % TEMPORAL >= i % TEMPORAL ? 3 : 0, 2);
    put(b, 0, TARGETS); // no distances
    put(b, 0, 3);       // no chains: ns(10)
    put(b, 0, 1);
}

static void put_uses(struct bits *b, const struct frame *frame)
{
    for (unsigned i = 0; i < TARGETS; i++) {
        bool of = i / TEMPORAL >= frame->spatial && i % TEMPORAL >= frame->temporal;
        put(b,
            !of                        ? DEPENDENCY_ABSENT
            : frame->switches >> i & 1 ? DEPENDENCY_SWITCH
                                       : DEPENDENCY_REQUIRED,
            2);
    }
}

static size_t put_descriptor(uint8_t *to, const struct frame *frame, bool first, bool last)
{
    struct bits b = {.to = to};
    bool structure = frame->key && frame->spatial == 0 && first;
    memset(to, 0, DEPENDENCY_MAX);
    put(&b, first, 1);
    put(&b, last, 1);
    put(&b, target(frame->spatial, frame->temporal), 6);
    put(&b, run.count & 0xffff, 16);
    put(&b, structure, 1);
    put(&b, 6, 4); // uses and distances of its own, no mask, no chains
    if (structure)
        put_structure(&b);
    put_uses(&b, frame);
    for (unsigned i = 0; i < BACK; i++)
        if (frame->needs >> i & 1)
            put(&b, 1u << 4 | i, 6);
    put(&b, 0, 2);
    return (b.at + 7) / 8;
}

// I P L B E; picture id; T U S D; TL0PICIDX
static size_t put_vp9(uint8_t *p, const struct frame *frame, bool first, bool last)
{
    bool up = frame->temporal + 1 < TEMPORAL &&
              (frame->switches >> target(frame->spatial, frame->temporal + 1) & 1);
    bool fresh = is_fresh(frame) && (frame->key || frame->spatial > 0);
    p[0] = (uint8_t)(0xa0 | !fresh << 6 | first << 3 | last << 2);
    put_u16(p + 1, (uint16_t)(0x8000 | (frame->picture & 0x7fff)));
    p[3] = (uint8_t)(frame->temporal << 5 | up << 4 | frame->spatial << 1);
    p[4] = run.tl0;
    return 5;
}

// A sequence header begins a keyframe, a frame everything else.
static size_t put_av1(uint8_t *p, const struct frame *frame, bool first)
{
    bool key = frame->key && frame->spatial == 0 && first;
    p[0] = (uint8_t)(0x10 | (first ? 0 : 0x80) | key << 3);
    p[1] = key ? 0x08 : 0x30;
    return 2;
}

static struct packet *make(const struct frame *frame, bool first)
{
    uint8_t descriptor[DEPENDENCY_MAX];
    struct packet *packet = packet_take(layered.pool);
    struct rtp_ext_item item = {.id = DD_ID, .data = descriptor};
    const struct rtp_header header = {.marker = !first && frame->spatial == SPATIAL - 1,
                                      .has_ext = run.codec == CODEC_AV1,
                                      .pt = 96,
                                      .seq = run.seq++,
                                      .ts = run.ts,
                                      .ssrc = 7};
    size_t len = 0;
    item.len = (uint8_t)put_descriptor(descriptor, frame, first, !first);
    packet->len = rtp_write_header(packet->data, &header);
    if (header.has_ext)
        assert_int_equal(rtp_ext_write(packet->data + packet->len, 300, &item, 1, &len), 0);
    uint8_t *p = packet->data + packet->len + len;
    size_t head = run.codec == CODEC_AV1 ? put_av1(p, frame, first)
                                         : put_vp9(p, frame, first, !first);
    put_u32(p + head, run.count);
    p[head + 4] = first;
    packet->len += len + head + 5;
    packet->arrival_us = layered.now_us;
    assert_int_equal(packet_parse(packet, &map), 0);
    return packet;
}

static void arrive(struct packet *packet)
{
    track_push(run.track, packet, layered.now_us);
    packet_drop(packet);
}

static void release(struct packet **slot)
{
    arrive(*slot);
    *slot = NULL;
}

// Now and then one waits until others have overtaken it.
static void send_packet(struct packet *packet)
{
    struct packet **slot = &run.held[chance(HELD)];
    bool waits = chance(12) == 0 && !*slot && !run.last;
    if (waits) {
        *slot = packet;
        return;
    }
    arrive(packet);
    if (chance(3) == 0 && *slot)
        release(slot);
}

static void send_frame(unsigned picture, unsigned spatial, unsigned temporal, bool key)
{
    struct frame *frame = &run.frames[run.count];
    *frame = (struct frame){
        .picture = picture, .spatial = spatial, .temporal = temporal, .key = key};
    choose_needs(frame);
    promise(frame);
    send_packet(make(frame, true));
    send_packet(make(frame, false));
    run.count++;
}

// Upper layers miss some pictures.
static void send_picture(unsigned picture)
{
    bool key = picture == 0 || run.last || chance(80) == 0;
    unsigned temporal = key ? 0 : chance(TEMPORAL);
    run.ts += LAYERED_TICK;
    run.tl0 = (uint8_t)(run.tl0 + (temporal == 0));
    for (unsigned s = 0; s < SPATIAL; s++)
        if (key || s == 0 || chance(10))
            send_frame(picture, s, temporal, key);
    layered.now_us += LAYERED_STEP;
}

// --- the viewer ---------------------------------------------------------------------------------

static void take(const struct rtp_header *rtp)
{
    size_t head = run.codec == CODEC_AV1 ? 2 : 5;
    run.seen[rtp->seq] = true;
    if (!run.began)
        run.first = run.newest = rtp->seq;
    if ((int16_t)(rtp->seq - run.newest) > 0)
        run.newest = rtp->seq;
    run.began = true;
    if (rtp->payload_len == 0) // of layers he does not get
        return;
    uint32_t at = (uint32_t)rtp->payload[head] << 24 | (uint32_t)rtp->payload[head + 1] << 16 |
                  get_u16(rtp->payload + head + 2);
    run.frames[at].got |= rtp->payload[head + 4] ? 1 : 2;
}

static void receive(void)
{
    uint8_t data[2048];
    struct rtp_header rtp;
    ssize_t len;
    egress_flush(layered.egress);
    while ((len = recv(layered.viewer, data, sizeof(data), MSG_DONTWAIT)) > 0) {
        assert_int_equal(rtp_parse(&rtp, data, (size_t)len), 0);
        take(&rtp);
    }
}

static void ask_again(void)
{
    for (unsigned back = 1; run.began && back < 64; back++) {
        uint16_t seq = (uint16_t)(run.newest - back);
        if ((int16_t)(seq - run.first) > 0 && !run.seen[seq])
            sub_nack(run.sub, seq, layered.now_us);
    }
}

static unsigned box_now(void)
{
    struct sub_showing showing;
    sub_showing(run.sub, layered.now_us, &showing);
    return target(showing.now.spatial, showing.now.temporal);
}

static void aim(void)
{
    struct layer wanted = {.spatial = (uint8_t)chance(SPATIAL),
                           .temporal = (uint8_t)chance(TEMPORAL)};
    sub_aim(run.sub, &wanted, SUB_NOT_PAUSED, layered.now_us);
}

static void check(void)
{
    for (unsigned i = 0; i < run.count; i++) {
        const struct frame *frame = &run.frames[i];
        if (frame->got && frame->got != 3)
            fail_msg("codec %d apart %d: frame %u is not whole: %u", run.codec, run.apart, i,
                     frame->got);
        for (unsigned back = 1; frame->got && back <= BACK; back++)
            if ((frame->needs >> (back - 1) & 1) && run.frames[i - back].got != 3)
                fail_msg("codec %d apart %d: frame %u (S%uT%u) came without %u (S%uT%u)", run.codec,
                         run.apart, i, frame->spatial, frame->temporal, i - back,
                         run.frames[i - back].spatial, run.frames[i - back].temporal);
    }
}

static void open_run(enum codec codec, bool apart, uint32_t seed)
{
    const struct track_config config = {.codec = codec, .drops = &layered.drops};
    struct terms_media terms = {.present = true, .codec_count = 1};
    terms.codecs[0] = (struct terms_codec){.codec = codec, .pt = PT};
    map = (struct rtp_ext_map){0};
    rtp_ext_map_set(&map, DD_ID, RTP_EXT_DEPENDENCY_DESCRIPTOR);
    terms.ext = map;
    const struct sub_config watch = {.terms = &terms,
                                     .ssrc = 5,
                                     .cname = "banyan",
                                     .outlet = &layered.outlet,
                                     .egress = layered.egress,
                                     .drops = &layered.drops};
    unsigned climbs = run.climbs, rises = run.rises;
    memset(&run, 0, sizeof(run));
    memset(run.promised, -1, sizeof(run.promised));
    run.codec = codec;
    run.apart = apart;
    run.seed = seed;
    run.climbs = climbs;
    run.rises = rises;
    assert_int_equal(track_alloc(&run.track, &config, NULL, NULL), 0);
    assert_int_equal(sub_alloc(&run.sub, &watch), 0);
    assert_true(sub_attach(run.sub, run.track, layered.now_us));
}

static void close_run(void)
{
    sub_free(run.sub);
    track_free(run.track);
}

static void one_picture(unsigned picture)
{
    unsigned before = box_now(), from = run.count;
    send_picture(picture);
    unsigned now = box_now();
    if (!run.frames[from].key) {
        run.climbs += now / TEMPORAL > before / TEMPORAL;
        run.rises += now % TEMPORAL > before % TEMPORAL;
    }
    receive();
    ask_again();
    receive();
}

static void play(enum codec codec, bool apart, uint32_t seed)
{
    open_run(codec, apart, seed);
    for (unsigned picture = 0; picture < PICTURES - 1; picture++) {
        if (chance(8) == 0)
            aim();
        one_picture(picture);
    }
    for (unsigned i = 0; i < HELD; i++)
        if (run.held[i])
            release(&run.held[i]);
    run.last = true; // a keyframe, so that he knows of everything he missed
    one_picture(PICTURES - 1);
    layered.now_us += LAYERED_STEP;
    ask_again(); // what he asked for in vain a moment ago
    receive();
    close_run();
    check();
}

static void play_many(enum codec codec, bool apart)
{
    run.climbs = run.rises = 0;
    for (uint32_t seed = 1; seed <= 40; seed++)
        play(codec, apart, seed * 7919);
    printf("%u layers entered, %u temporal ones, away from keyframes\n", run.climbs, run.rises);
    assert_true(run.rises > 100);
}

static void vp9_is_always_decodable(void **state)
{
    (void)state;
    play_many(CODEC_VP9, false);
    assert_true(run.climbs > 100);
    play_many(CODEC_VP9, true);
}

static void av1_is_always_decodable(void **state)
{
    (void)state;
    play_many(CODEC_AV1, false);
    assert_true(run.climbs > 100);
    play_many(CODEC_AV1, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, layered_open, layered_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(vp9_is_always_decodable),
        TEST(av1_is_always_decodable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
