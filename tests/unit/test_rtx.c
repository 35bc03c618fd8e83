// Retransmission as a stream of its own, in both directions: real sockets and ciphers, virtual
// time.
#include "tests/unit/support/media.h"

#include <sys/socket.h>
#include <unistd.h>

#include "gateway/relay/ingress.h"
#include "gateway/relay/rtx.h"
#include "gateway/relay/sub.h"

#define BLOCKS  1024
#define FRAME   3000
#define VP8_PT  96
#define VP9_PT  98
#define RTX_PT  97
#define SSRC    0xfeedu
#define REPAIR  0xbeefu
#define EXT_ID  5
#define ROTATED 3 // what the orientation extension says
#define TWCC_ID 7

static struct pool *pool;
static struct drops drops;
static struct terms terms;

static int open_pool(void **state)
{
    (void)state;
    memset(&drops, 0, sizeof(drops));
    memset(&terms, 0, sizeof(terms));
    terms.video = (struct terms_media){
        .present = true, .mid = "1", .codec_count = 2, .nack = true, .twcc = true};
    terms.video.codecs[0] = (struct terms_codec){
        .codec = CODEC_VP8, .pt = VP8_PT, .rtx_pt = RTX_PT};
    terms.video.codecs[1] = (struct terms_codec){.codec = CODEC_VP9, .pt = VP9_PT};
    rtp_ext_map_set(&terms.video.ext, EXT_ID, RTP_EXT_VIDEO_ORIENTATION);
    rtp_ext_map_set(&terms.video.ext, TWCC_ID, RTP_EXT_TRANSPORT_CC);
    return pool_alloc(&pool, sizeof(struct packet), BLOCKS);
}

static int close_pool(void **state)
{
    (void)state;
    assert_int_equal(pool_left(pool), BLOCKS);
    pool_free(pool);
    return 0;
}

static uint64_t dropped(enum drop_reason reason)
{
    return counter_get(&drops.count[reason]);
}

static uint64_t all_drops(void)
{
    uint64_t all = 0;
    for (unsigned reason = 0; reason < DROP_COUNT; reason++)
        all += dropped((enum drop_reason)reason);
    return all;
}

// --- towards viewers ----------------------------------------------------------------------------

struct viewer {
    struct wire wire;
    struct outlet outlet;
    struct srtp_in *in;
    struct egress *egress;
    struct track *track;
    struct sub *sub;
    int fd;
    uint8_t got[2048];
    size_t len;
    struct rtp_header rtp;
};

static void viewer_open(struct viewer *viewer, enum srtp_profile profile)
{
    static const uint8_t key[SRTP_KEY_MAX] = "0123456789abcdef", salt[SRTP_SALT_MAX] = "salt";
    const struct track_config config = {.codec = CODEC_VP8, .drops = &drops};
    int pair[2];
    memset(viewer, 0, sizeof(*viewer));
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
    viewer->wire = (struct wire){.kind = WIRE_PORT, .fd = pair[0]};
    viewer->fd = pair[1];
    viewer->outlet = (struct outlet){.open = true, .path.wire = &viewer->wire};
    if (profile) {
        assert_int_equal(srtp_out_alloc(&viewer->outlet.srtp, profile, key, salt), 0);
        assert_int_equal(srtp_in_alloc(&viewer->in, profile, key, salt), 0);
    }
    assert_int_equal(egress_alloc(&viewer->egress, &drops), 0);
    assert_int_equal(track_alloc(&viewer->track, &config, NULL, NULL), 0);
    const struct sub_config sub = {.terms = &terms.video,
                                   .ssrc = SSRC,
                                   .rtx_ssrc = REPAIR,
                                   .cname = "banyan",
                                   .outlet = &viewer->outlet,
                                   .egress = viewer->egress,
                                   .drops = &drops};
    assert_int_equal(sub_alloc(&viewer->sub, &sub), 0);
    assert_true(sub_attach(viewer->sub, viewer->track, 0));
}

static void viewer_close(struct viewer *viewer)
{
    sub_free(viewer->sub);
    track_free(viewer->track);
    egress_free(viewer->egress);
    srtp_out_free(viewer->outlet.srtp);
    srtp_in_free(viewer->in);
    close(viewer->fd);
    close(viewer->wire.fd);
}

// A packet with an extension, as a publisher sent it.
static struct packet *make_packet(struct media_packet what, const struct rtp_ext_item *ext)
{
    const struct rtp_header header = {.marker = what.marker,
                                      .has_ext = ext != NULL,
                                      .pt = what.pt,
                                      .seq = what.seq,
                                      .ts = what.ts,
                                      .ssrc = what.ssrc};
    struct packet *packet = packet_take(pool);
    size_t len = 0;
    packet->len = rtp_write_header(packet->data, &header);
    if (ext)
        rtp_ext_write(packet->data + packet->len, 100, ext, 1, &len);
    packet->len += len;
    packet->len += media_payload(packet->data + packet->len, &what);
    return packet;
}

static void push(struct viewer *viewer, uint16_t seq, enum media_part part)
{
    const uint8_t rotated[] = {ROTATED};
    const struct rtp_ext_item item = {.id = EXT_ID, .len = 1, .data = rotated};
    const struct media_packet what = {
        .pt = VP8_PT, .seq = seq, .ts = seq * FRAME, .ssrc = 1, .part = part, .marker = true};
    struct packet *packet = make_packet(what, &item);
    assert_int_equal(packet_parse(packet, &terms.video.ext), 0);
    track_push(viewer->track, packet, 1);
    packet_drop(packet);
}

// The next packet, decrypted: 0, ENOENT, or what SRTP says.
static int next(struct viewer *viewer)
{
    egress_flush(viewer->egress);
    ssize_t got = recv(viewer->fd, viewer->got, sizeof(viewer->got), MSG_DONTWAIT);
    if (got < 0)
        return ENOENT;
    viewer->len = (size_t)got;
    int err = viewer->in ? srtp_unprotect(viewer->in, viewer->got, &viewer->len) : 0;
    return err ? err : rtp_parse(&viewer->rtp, viewer->got, viewer->len);
}

static void losses_are_repaired(enum srtp_profile profile)
{
    struct viewer viewer;
    viewer_open(&viewer, profile);
    push(&viewer, 65534, MEDIA_KEY);
    push(&viewer, 65535, MEDIA_FRAME);
    push(&viewer, 0, MEDIA_FRAME);
    struct rtp_header sent[3];
    uint8_t payload[3][100];
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(next(&viewer), 0);
        assert_int_equal(viewer.rtp.ssrc, SSRC);
        sent[i] = viewer.rtp;
        memcpy(payload[i], viewer.rtp.payload, sizeof(payload[i]));
    }
    uint16_t repair = 0;
    for (unsigned n = 0; n < 6; n++) { // each of them twice
        struct rtp_ext_set ext;
        const struct rtp_header *lost = &sent[n / 2];
        size_t len;
        sub_nack(viewer.sub, lost->seq, (1 + n) * 100 * MEDIA_MS);
        assert_int_equal(next(&viewer), 0);
        assert_int_equal(viewer.rtp.ssrc, REPAIR);
        assert_int_equal(viewer.rtp.pt, RTX_PT);
        assert_int_equal(viewer.rtp.ts, lost->ts);
        assert_true(viewer.rtp.marker);
        assert_true(n == 0 ? viewer.rtp.seq < 32768 : viewer.rtp.seq == (uint16_t)(repair + 1));
        assert_int_equal(viewer.rtp.payload_len, RTX_LEAD + 100);
        assert_int_equal(get_u16(viewer.rtp.payload), lost->seq);
        assert_memory_equal(viewer.rtp.payload + RTX_LEAD, payload[n / 2], 100);
        rtp_ext_parse(&ext, &terms.video.ext, viewer.got, &viewer.rtp);
        assert_int_equal(*rtp_ext_get(&ext, viewer.got, RTP_EXT_VIDEO_ORIENTATION, &len), ROTATED);
        repair = viewer.rtp.seq;
    }
    assert_int_equal(next(&viewer), ENOENT);
    // The stream itself goes on as if nothing had been.
    push(&viewer, 1, MEDIA_FRAME);
    assert_int_equal(next(&viewer), 0);
    assert_int_equal(viewer.rtp.seq, (uint16_t)(sent[2].seq + 1));
    assert_int_equal(sub_stats(viewer.sub).packets, 4);
    assert_int_equal(sub_stats(viewer.sub).retransmitted, 6);
    assert_int_equal(all_drops(), 0);
    viewer_close(&viewer);
}

static void a_viewers_losses_are_repaired(void **state)
{
    (void)state;
    losses_are_repaired(SRTP_PROFILE_AEAD_AES_128_GCM);
    losses_are_repaired(SRTP_PROFILE_AES128_CM_SHA1_80);
    losses_are_repaired(0);
}

static void a_codec_without_rtx_gets_the_same_bytes(void **state)
{
    struct viewer viewer;
    uint8_t before[256];
    (void)state;
    terms.video.codecs[0].rtx_pt = 0;
    viewer_open(&viewer, 0);
    push(&viewer, 1, MEDIA_KEY);
    assert_int_equal(next(&viewer), 0);
    size_t len = viewer.len;
    memcpy(before, viewer.got, len);
    sub_nack(viewer.sub, viewer.rtp.seq, 1);
    assert_int_equal(next(&viewer), 0);
    assert_int_equal(viewer.len, len);
    assert_memory_equal(viewer.got, before, len);
    viewer_close(&viewer);
}

// --- from publishers ----------------------------------------------------------------------------

static struct ingress *ingress;
static size_t nacks, arrivals, reported_lost;

static void on_rtcp(void *arg, const uint8_t *data, size_t len)
{
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    struct rtcp_report report;
    (void)arg;
    while (rtcp_next(&it, &packet) == 0) {
        nacks += rtcp_kind(&packet) == RTCP_KIND_NACK;
        arrivals += packet.type == RTCP_RTPFB && rtcp_kind(&packet) != RTCP_KIND_NACK;
        if (rtcp_kind(&packet) == RTCP_KIND_RR && rtcp_report_at(&packet, 0, &report) == 0)
            reported_lost = (size_t)report.lost_total;
    }
}

static int open_ingress(void **state)
{
    nacks = arrivals = reported_lost = 0;
    ingress = NULL;
    return open_pool(state);
}

static int close_ingress(void **state)
{
    ingress_free(ingress);
    return close_pool(state);
}

static void start(void)
{
    const struct ingress_config config = {
        .terms = &terms, .drops = &drops, .handlers.send_rtcp = on_rtcp};
    assert_int_equal(ingress_alloc(&ingress, &config), 0);
}

static void give(struct packet *packet, int64_t now_us)
{
    packet->arrival_us = now_us;
    ingress_rtp(ingress, packet, now_us);
    packet_drop(packet);
}

static void media(uint32_t ssrc, uint16_t seq, enum media_part part, int64_t now_us)
{
    const struct media_packet what = {
        .pt = VP8_PT, .seq = seq, .ts = seq * FRAME, .ssrc = ssrc, .part = part};
    give(make_packet(what, NULL), now_us);
}

// The retransmission of media(seq), with padding behind it.
static void repair(uint32_t ssrc, uint16_t seq, size_t padding, int64_t now_us)
{
    static uint16_t own = 100;
    const struct media_packet what = {
        .pt = RTX_PT, .seq = seq, .ts = seq * FRAME, .ssrc = ssrc, .part = MEDIA_FRAME};
    const uint8_t number[] = {0, (uint8_t)own};
    const struct rtp_ext_item item = {.id = TWCC_ID, .len = 2, .data = number};
    struct packet *packet = make_packet(what, &item);
    uint8_t *payload = packet->data + packet->len - 100;
    memmove(payload + RTX_LEAD, payload, 100);
    put_u16(payload, seq);
    put_u16(packet->data + 2, own++);
    packet->len += RTX_LEAD;
    if (padding) {
        packet->data[0] |= 0x20;
        packet->data[packet->len + padding - 1] = (uint8_t)padding;
        packet->len += padding;
    }
    give(packet, now_us);
}

static struct packet *newest(void)
{
    uint64_t first, index = 0;
    assert_true(track_newest_group(ingress_video(ingress), &first, &index));
    return track_find(ingress_video(ingress), index);
}

// Like the original packet in every byte?
static void assert_whole(const struct packet *packet, uint16_t seq)
{
    const struct media_packet what = {.seq = seq, .part = MEDIA_FRAME};
    uint8_t payload[100];
    struct rtp_header again;
    assert_non_null(packet);
    media_payload(payload, &what);
    assert_int_equal(packet->rtp.seq, seq);
    assert_int_equal(packet->rtp.pt, VP8_PT);
    assert_int_equal(packet->rtp.payload_len, 100);
    assert_memory_equal(packet->rtp.payload, payload, 100);
    assert_int_equal(rtp_parse(&again, packet->data, packet->len), 0);
    assert_int_equal(again.seq, seq);
    assert_int_equal(again.pt, VP8_PT);
    assert_int_equal(again.ssrc, packet->rtp.ssrc);
    assert_int_equal(again.payload_len, 100);
}

static void a_publishers_repairs_fill_the_gaps(void **state)
{
    (void)state;
    start();
    media(SSRC, 65534, MEDIA_KEY, 1 * MEDIA_MS);
    uint64_t first = newest()->index;
    media(SSRC, 2, MEDIA_FRAME, 2 * MEDIA_MS);
    ingress_tick(ingress, 20 * MEDIA_MS);
    assert_int_equal(nacks, 1);
    repair(REPAIR, 65535, 0, 30 * MEDIA_MS);
    repair(REPAIR, 1, 9, 31 * MEDIA_MS);
    repair(REPAIR, 0, 255, 32 * MEDIA_MS);
    for (unsigned i = 1; i <= 3; i++) {
        assert_whole(track_find(ingress_video(ingress), first + i), (uint16_t)(65534 + i));
        assert_int_equal(track_find(ingress_video(ingress), first + i)->rtp.ssrc, SSRC);
    }
    assert_int_equal(all_drops(), 0);
    // Nothing is asked for any more; but the publisher hears what the network lost.
    ingress_tick(ingress, 1500 * MEDIA_MS);
    assert_int_equal(nacks, 1);
    assert_int_equal(reported_lost, 3);
    assert_int_not_equal(arrivals, 0);
}

static void probes_are_counted_and_go_nowhere(void **state)
{
    (void)state;
    start();
    for (uint16_t i = 0; i < 10; i++) {
        const uint8_t number[] = {0, (uint8_t)i};
        const struct rtp_ext_item item = {.id = TWCC_ID, .len = 2, .data = number};
        const struct media_packet what = {.pt = RTX_PT, .seq = i, .ssrc = REPAIR, .len = 200};
        struct packet *packet = make_packet(what, &item);
        packet->data[0] |= 0x20;
        packet->data[packet->len - 1] = 200;
        give(packet, 1 * MEDIA_MS);
    }
    assert_int_equal(dropped(DROP_PROBE), 10);
    assert_int_equal(all_drops(), 10);
    ingress_tick(ingress, 300 * MEDIA_MS);
    assert_int_equal(arrivals, 1);
    // A probe that repeats what arrived is a duplicate.
    media(SSRC, 10, MEDIA_KEY, 301 * MEDIA_MS);
    repair(REPAIR, 10, 0, 302 * MEDIA_MS);
    assert_int_equal(dropped(DROP_DUPLICATE), 1);
    assert_int_equal(all_drops(), 11);
}

static void nonsense_repairs_nothing(void **state)
{
    (void)state;
    start();
    repair(REPAIR, 1, 0, 1); // of a stream nobody has seen
    assert_int_equal(dropped(DROP_SSRC), 1);
    media(SSRC, 10000, MEDIA_KEY, 1);
    // Far from all that came: however consistent, it begins no new stream.
    for (uint16_t i = 0; i < 50; i++)
        repair(REPAIR, (uint16_t)(20000 + i), 0, 2 + i);
    assert_int_equal(dropped(DROP_LATE), 50);
    assert_int_equal(newest()->rtp.seq, 10000);
    repair(SSRC, 10001, 0, 3); // nothing repairs itself
    assert_int_equal(dropped(DROP_SSRC), 2);
    const struct media_packet what = {.pt = RTX_PT, .seq = 1, .ssrc = REPAIR, .len = 2};
    struct packet *packet = make_packet(what, NULL);
    packet->len--; // half a number
    give(packet, 4);
    assert_int_equal(dropped(DROP_RTP_MALFORMED), 1);
    media(SSRC, 10001, MEDIA_FRAME, 5);
    assert_int_equal(newest()->rtp.seq, 10001);
}

static void who_repairs_is_learnt_or_told(void **state)
{
    (void)state;
    start();
    media(SSRC, 10, MEDIA_KEY, 1);
    media(SSRC, 20, MEDIA_FRAME, 2);
    repair(REPAIR, 11, 0, 3);
    repair(0x1234, 12, 0, 4); // somebody else
    assert_int_equal(dropped(DROP_SSRC), 1);
    repair(0x1234, 12, 0, 1100 * MEDIA_MS); // after the first one fell silent
    assert_int_equal(dropped(DROP_SSRC), 1);
    ingress_free(ingress);
    terms.video.fids[terms.video.fid_count++] = (struct terms_fid){SSRC, REPAIR};
    start();
    media(SSRC, 10, MEDIA_KEY, 1);
    media(SSRC, 20, MEDIA_FRAME, 2);
    repair(0x1234, 12, 0, 3);
    assert_int_equal(dropped(DROP_SSRC), 2);
    repair(REPAIR, 12, 0, 4);
    assert_int_equal(all_drops(), 2);
}

static void another_stream_has_another_repairer(void **state)
{
    (void)state;
    start();
    media(SSRC, 10, MEDIA_KEY, 0);
    media(SSRC, 12, MEDIA_FRAME, 1);
    repair(REPAIR, 11, 0, 2);
    media(0x1111, 500, MEDIA_KEY, 1500 * MEDIA_MS);
    media(0x1111, 502, MEDIA_FRAME, 1501 * MEDIA_MS);
    repair(0x2222, 501, 0, 1502 * MEDIA_MS);
    assert_int_equal(all_drops(), 0);
    assert_whole(track_find(ingress_video(ingress), newest()->index - 1), 501);
    // After a change of codec the old one's repairs come too late.
    struct packet *other = make_packet(
        (struct media_packet){.pt = VP9_PT, .seq = 504, .ssrc = 0x1111}, NULL);
    give(other, 1503 * MEDIA_MS);
    repair(0x2222, 503, 0, 1504 * MEDIA_MS);
    assert_int_equal(dropped(DROP_LATE), 1);
    assert_int_equal(track_config(ingress_video(ingress))->codec, CODEC_VP9);
}

#define RTX_TEST(name)     cmocka_unit_test_setup_teardown(name, open_pool, close_pool)
#define INGRESS_TEST(name) cmocka_unit_test_setup_teardown(name, open_ingress, close_ingress)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RTX_TEST(a_viewers_losses_are_repaired),
        RTX_TEST(a_codec_without_rtx_gets_the_same_bytes),
        INGRESS_TEST(a_publishers_repairs_fill_the_gaps),
        INGRESS_TEST(probes_are_counted_and_go_nowhere),
        INGRESS_TEST(nonsense_repairs_nothing),
        INGRESS_TEST(who_repairs_is_learnt_or_told),
        INGRESS_TEST(another_stream_has_another_repairer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
