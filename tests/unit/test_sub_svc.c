// A viewer of some spatial and temporal layers of one VP9 stream, with and without a dependency
// descriptor.
#include "tests/unit/support/layered.h"

#include <sys/socket.h>

#include "gateway/packet/dependency.h"
#include "gateway/packet/vp9.h"

#define SSRC   0xabcdu
#define VP9_PT 98
#define DD_ID  13
#define TICK   LAYERED_TICK
#define STEP   LAYERED_STEP

static struct track *track;
static struct sub *sub;
static size_t wishes;
static struct rtp_ext_map map;

// The publisher: two spatial layers, two temporal ones, two packets a layer's frame.
static struct {
    uint16_t seq, picture, frame;
    uint32_t ts;
    uint8_t tl0;
    unsigned number; // of the picture
    bool described;  // by dependency descriptors
    bool anew;       // the upper layer needs nothing but the lower one
} at;

static struct {
    struct rtp_header rtp;
    struct rtp_ext_set ext;
    struct vp9_header vp9;
    uint8_t data[2048];
    size_t len;
} got;

static void on_keyframe(void *arg)
{
    (void)arg;
    wishes++;
}

static int open_svc(void **state)
{
    const struct track_upstream upstream = {.keyframe = on_keyframe};
    const struct track_config config = {.codec = CODEC_VP9, .drops = &layered.drops};
    int err = layered_open(state);
    wishes = 0;
    memset(&at, 0, sizeof(at));
    at.seq = 65500;
    at.picture = 0x7ff8;
    at.frame = 65530;
    map = (struct rtp_ext_map){0};
    rtp_ext_map_set(&map, DD_ID, RTP_EXT_DEPENDENCY_DESCRIPTOR);
    assert_int_equal(track_alloc(&track, &config, &upstream, NULL), 0);
    sub = NULL;
    return err;
}

static int close_svc(void **state)
{
    sub_free(sub);
    track_free(track);
    return layered_close(state);
}

static void watch(void)
{
    struct terms_media terms = {.present = true, .codec_count = 1};
    terms.codecs[0] = (struct terms_codec){.codec = CODEC_VP9, .pt = VP9_PT};
    terms.ext = map;
    const struct sub_config config = {.terms = &terms,
                                      .ssrc = SSRC,
                                      .cname = "banyan",
                                      .outlet = &layered.outlet,
                                      .egress = layered.egress,
                                      .drops = &layered.drops};
    assert_int_equal(sub_alloc(&sub, &config), 0);
    assert_true(sub_attach(sub, track, layered.now_us));
}

// Four targets (S0T0, S0T1, S1T0, S1T1), templates in the same order; no chains, no sizes.
static size_t put_structure(uint8_t *to)
{
    static const char bits[] = "1 0 000000 0000000000000000 1 0 0 0 0" // the frame is set later
                               "000000 00011"
                               "01 10 01 11"
                               "10 10 10 10"                     // S0T0
                               "00 10 00 11"                     // S0T1
                               "00 00 10 10"                     // S1T0
                               "00 00 00 10"                     // S1T1
                               "1 0011 0 1 0001 0"               // needs the one four before
                               "1 0000 1 0011 0 1 0000 1 0001 0" // and that below it
                               "00"                              // no chain
                               "0";
    size_t n = 0;
    memset(to, 0, DEPENDENCY_MAX);
    for (const char *bit = bits; *bit; bit++)
        if (*bit != ' ') {
            to[n / 8] |= (uint8_t)((*bit == '1') << (7 - n % 8));
            n++;
        }
    return (n + 7) / 8;
}

static size_t put_descriptor(uint8_t *to, unsigned spatial, unsigned temporal, bool structure,
                             bool first, bool last)
{
    size_t len = DEPENDENCY_MIN;
    if (structure)
        len = put_structure(to);
    to[0] = (uint8_t)(first << 7 | last << 6 | (spatial * 2 + temporal));
    put_u16(to + 1, at.frame);
    return len;
}

static void send_packet(unsigned spatial, unsigned temporal, bool key, bool first, bool last)
{
    uint8_t descriptor[DEPENDENCY_MAX];
    struct packet *packet = packet_take(layered.pool);
    bool structure = key && spatial == 0 && first;
    struct rtp_ext_item item = {.id = DD_ID, .data = descriptor};
    size_t len = 0;
    item.len = (uint8_t)put_descriptor(descriptor, spatial, temporal, structure, first, last);
    const struct rtp_header header = {.marker = last && spatial == 1,
                                      .has_ext = at.described,
                                      .pt = 96,
                                      .seq = at.seq++,
                                      .ts = at.ts,
                                      .ssrc = 7};
    packet->len = rtp_write_header(packet->data, &header);
    if (at.described)
        assert_int_equal(rtp_ext_write(packet->data + packet->len, 300, &item, 1, &len), 0);
    packet->len += len;
    uint8_t *p = packet->data + packet->len;
    // I P L B E; picture id; T U S D; TL0PICIDX
    bool fresh = key || (at.anew && spatial == 1);
    *p++ = (uint8_t)(0xa0 | !fresh << 6 | first << 3 | last << 2);
    put_u16(p, 0x8000 | at.picture);
    p[2] = (uint8_t)(temporal << 5 | (at.number % 4 == 0) << 4 | spatial << 1 | (spatial && fresh));
    p[3] = at.tl0;
    memset(p + 4, 0x77, 200);
    packet->len += 205;
    packet->arrival_us = layered.now_us;
    assert_int_equal(packet_parse(packet, &map), 0);
    track_push(track, packet, layered.now_us);
    packet_drop(packet);
}

static void tick(bool key)
{
    at.number = key ? 0 : at.number + 1;
    at.ts += TICK;
    at.picture = (at.picture + 1) & 0x7fff;
    unsigned temporal = at.number % 2;
    at.tl0 = (uint8_t)(at.tl0 + (temporal == 0));
    for (unsigned spatial = 0; spatial < 2; spatial++) {
        for (unsigned i = 0; i < 2; i++)
            send_packet(spatial, temporal, key, i == 0, i == 1);
        at.frame++;
    }
    layered.now_us += STEP;
}

static bool next(void)
{
    egress_flush(layered.egress);
    ssize_t len = recv(layered.viewer, got.data, sizeof(got.data), MSG_DONTWAIT);
    if (len <= 0)
        return false;
    got.len = (size_t)len;
    assert_int_equal(rtp_parse(&got.rtp, got.data, got.len), 0);
    assert_int_equal(rtp_ext_parse(&got.ext, &map, got.data, &got.rtp), 0);
    assert_int_equal(vp9_parse(&got.vp9, got.rtp.payload, got.rtp.payload_len), 0);
    return true;
}

static bool began;
static uint16_t last_seq;

// One layer's frame, whole and without a gap.
static void see_frame(unsigned spatial, unsigned temporal, bool ends)
{
    for (unsigned i = 0; i < 2; i++) {
        assert_true(next());
        assert_int_equal(got.vp9.sid, spatial);
        assert_int_equal(got.vp9.tid, temporal);
        assert_int_equal(got.rtp.marker, ends && i == 1);
        if (began)
            assert_int_equal(got.rtp.seq, (uint16_t)(last_seq + 1));
        began = true;
        last_seq = got.rtp.seq;
    }
}

// One picture of these layers, with its end marked.
static void see_picture(unsigned spatial, unsigned temporal)
{
    for (unsigned s = 0; s <= spatial; s++)
        see_frame(s, temporal, s == spatial);
}

static void start(bool described)
{
    began = false;
    at.described = described;
    tick(true);
    watch();
    for (unsigned i = 0; i < 31; i++)
        tick(false);
    while (next()) {
        began = true;
        last_seq = got.rtp.seq;
    }
}

static void aim(unsigned spatial, unsigned temporal)
{
    struct layer_list list;
    sub_layers(sub, layered.now_us, &list);
    for (unsigned i = 0; i < list.count; i++)
        if (list.layer[i].spatial == spatial && list.layer[i].temporal == temporal) {
            sub_aim(sub, &list.layer[i], SUB_NOT_PAUSED, layered.now_us);
            return;
        }
    fail();
}

static void all_layers_are_offered(void **state)
{
    struct layer_list list;
    (void)state;
    start(false);
    sub_layers(sub, layered.now_us, &list);
    assert_int_equal(list.count, 4);
    assert_int_equal(list.layer[3].spatial, 1);
    assert_int_equal(list.layer[3].temporal, 1);
    assert_true(list.layer[3].rate > 3 * list.layer[0].rate);
}

static void spatial_layers_go_down_at_once_and_up_at_keyframes(void **state)
{
    (void)state;
    for (unsigned described = 0; described < 2; described++) {
        start(described);
        while (at.number % 4 != 3)
            tick(false);
        while (next())
            last_seq = got.rtp.seq;
        aim(0, 1);
        for (unsigned i = 0; i < 6; i++) {
            tick(false);
            see_picture(0, i % 2);
            assert_false(next());
        }
        size_t before = wishes;
        aim(1, 1);
        assert_int_equal(wishes, before + 1);
        tick(false);
        see_picture(0, 0);
        assert_false(next());
        tick(true);
        see_picture(1, 0);
        tick(false);
        see_picture(1, 1);
        if (described)
            break;
        close_svc(state);
        open_svc(state);
    }
}

// Its frames before are not needed any more: no keyframe is waited for.
static void a_spatial_layer_comes_back_where_it_begins_anew(void **state)
{
    (void)state;
    start(false);
    aim(0, 1);
    while (at.number % 4 != 2)
        tick(false);
    while (next())
        last_seq = got.rtp.seq;
    aim(1, 1);
    at.anew = true;
    tick(false); // 3: of an upper temporal layer
    see_picture(0, 1);
    assert_false(next());
    tick(false); // 0: and upper temporal layers begin anew
    see_picture(0, 0);
    see_frame(1, 0, true);
    at.anew = false;
    tick(false);
    see_picture(1, 1);
    tick(false);
    see_picture(1, 0);
}

static void temporal_layers_come_back_where_it_is_said(void **state)
{
    (void)state;
    start(false);
    while (at.number % 4 != 3)
        tick(false);
    while (next())
        last_seq = got.rtp.seq;
    aim(1, 0);
    for (unsigned i = 0; i < 4; i++) // 0..3
        tick(false);
    see_picture(1, 0);
    see_picture(1, 0);
    assert_false(next());
    tick(false); // 0: may go up from here
    see_picture(1, 0);
    tick(false);
    tick(false); // 2: a base picture that may not
    aim(1, 1);
    tick(false); // 3
    see_picture(1, 0);
    assert_false(next());
    tick(false); // 0
    tick(false);
    see_picture(1, 0);
    see_picture(1, 1);
}

static const uint8_t *descriptor_of(size_t *len)
{
    const uint8_t *data = rtp_ext_get(&got.ext, got.data, RTP_EXT_DEPENDENCY_DESCRIPTOR, len);
    assert_non_null(data);
    return data;
}

static unsigned mask_of(const uint8_t *data, unsigned at_bit)
{
    unsigned mask = 0;
    for (unsigned i = at_bit; i < at_bit + 4; i++)
        mask = mask << 1 | (data[i / 8] >> (7 - i % 8) & 1);
    return mask;
}

static void descriptors_say_what_is_left(void **state)
{
    struct dependency_structure structure = {0};
    struct dependency d;
    size_t len = 0;
    (void)state;
    start(true);
    aim(0, 0);
    tick(true);
    see_picture(0, 0); // its first packet has the structure, its last one not
    assert_false(next());
    sub_nack(sub, (uint16_t)(last_seq - 1), layered.now_us);
    assert_true(next());
    const uint8_t *data = descriptor_of(&len);
    assert_int_equal(dependency_parse(&d, &structure, data, len), 0);
    assert_true(d.has_structure && d.has_mask);
    assert_int_equal(structure.targets, 4);
    assert_int_equal(mask_of(data, d.mask_at), 1);
    assert_int_equal(d.frame, (uint16_t)(at.frame - 2));
    tick(false);
    assert_false(next()); // the upper temporal layer
    tick(false);
    see_picture(0, 0);
    data = descriptor_of(&len);
    assert_int_equal(dependency_parse(&d, &structure, data, len), 0);
    assert_true(d.has_mask && !d.has_structure);
    assert_int_equal(mask_of(data, 29), 1); // behind the flags
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_svc, close_svc)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_layers_are_offered),
        TEST(spatial_layers_go_down_at_once_and_up_at_keyframes),
        TEST(a_spatial_layer_comes_back_where_it_begins_anew),
        TEST(temporal_layers_come_back_where_it_is_said),
        TEST(descriptors_say_what_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
