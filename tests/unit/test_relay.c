// The whole way of a packet under random misfortune: loss, disorder, duplicates, forged
// repetitions, restarts, another codec, another publisher, NACKs. Whatever happens, one number of
// the viewer's stream stands for one datagram for ever (else AES-GCM would use a nonce twice), the
// viewer starts at keyframes, and every packet is given back.
#include "tests/unit/support/media.h"

#include <sys/socket.h>
#include <unistd.h>

#include "gateway/relay/ingress.h"
#include "gateway/relay/sub.h"
#include "tests/unit/support/exact.h"

#define BLOCKS     4096
#define PUBLISHERS 2
#define STEPS      60000
#define NUMBERS    60000 // of the viewer's stream: before they could wrap

struct publisher {
    struct ingress *ingress;
    uint16_t seq;
    uint32_t ssrc, ts;
    uint8_t pt;
};

static struct pool *pool;
static struct drops drops;
static struct egress *egress;
static struct wire port = {.kind = WIRE_PORT};
static struct outlet outlet = {.open = true, .path.wire = &port};
static struct publisher publishers[PUBLISHERS];
static struct sub *sub;
static int viewer;
static uint32_t dice_state;

// What each number of the viewer's stream stood for.
static struct {
    size_t len;
    uint8_t bytes[160];
} sent[65536];
static unsigned first, furthest, received, repeated;

static unsigned dice(unsigned sides)
{
    return exact_random(&dice_state) % sides;
}

static void to_publisher(void *arg, const uint8_t *data, size_t len)
{
    (void)arg;
    (void)data;
    assert_in_range(len, 8, 1400);
}

static struct terms two_codecs(void)
{
    struct terms terms = {.video.present = true, .video.codec_count = 2};
    terms.video.codecs[0] = (struct terms_codec){.codec = CODEC_VP8, .pt = 96};
    terms.video.codecs[1] = (struct terms_codec){.codec = CODEC_H264, .pt = 97};
    terms.video.nack = terms.video.pli = true;
    rtp_ext_map_set(&terms.video.ext, 4, RTP_EXT_MID);
    return terms;
}

static void send_as(struct publisher *from, uint16_t seq, enum media_part part, size_t len,
                    int64_t now_us)
{
    const struct media_packet what = {
        .pt = from->pt, .seq = seq, .ts = from->ts, .ssrc = from->ssrc, .part = part, .len = len};
    struct packet *packet = media_arrive(pool, &what, now_us);
    ingress_rtp(from->ingress, packet, now_us);
    packet_drop(packet);
}

static enum media_part pick_part(const struct publisher *from)
{
    if (dice(20) == 0)
        return from->pt == 96 ? MEDIA_KEY : MEDIA_IDR;
    return dice(2) ? MEDIA_FRAME : MEDIA_MORE;
}

static void publish(struct publisher *from, int64_t now_us)
{
    from->ts += dice(3) ? 3000 : 0;
    unsigned fate = dice(100);
    uint16_t seq = from->seq++;
    if (fate < 10)
        return;    // lost
    if (fate < 14) // repeated or forged: the number of an older one, another content
        seq = (uint16_t)(seq - dice(3000));
    else if (fate < 16) // overtaken
        seq = from->seq++;
    else if (fate == 16 && dice(20) == 0)
        from->seq = (uint16_t)dice(65536);
    send_as(from, seq, pick_part(from), 20 + dice(80), now_us);
    if (fate == 15)
        send_as(from, (uint16_t)(seq - 1), MEDIA_MORE, 20 + dice(80), now_us);
}

// Rarely, things change.
static void change(int64_t *now_us)
{
    struct publisher *one = &publishers[dice(PUBLISHERS)];
    switch (dice(2000)) {
    case 0:
        *now_us += 1100 * MEDIA_MS; // silence, then another SSRC
        one->ssrc++;
        one->seq = (uint16_t)dice(65536);
        break;
    case 1:
        one->pt = one->pt == 96 ? 97 : 96;
        break;
    case 2:
        sub_attach(sub, ingress_video(one->ingress), *now_us);
        break;
    case 3:
        sub_detach(sub);
        sub_attach(sub, ingress_video(one->ingress), *now_us);
        break;
    }
}

static void remember(const uint8_t *data, size_t len)
{
    uint16_t seq = get_u16(data + 2);
    assert_in_range(len, RTP_HEADER_LEN, sizeof(sent[0].bytes));
    if (!received++)
        first = furthest = seq;
    if ((uint16_t)(seq - first) > (uint16_t)(furthest - first))
        furthest = seq;
    if (sent[seq].len) {
        repeated++;
        assert_int_equal(sent[seq].len, len);
        assert_memory_equal(sent[seq].bytes, data, len);
    }
    sent[seq].len = len;
    memcpy(sent[seq].bytes, data, len);
}

static void watch(void)
{
    uint8_t data[2048];
    ssize_t len;
    egress_flush(egress);
    while ((len = recv(viewer, data, sizeof(data), MSG_DONTWAIT)) > 0)
        remember(data, (size_t)len);
}

static void set_up(void)
{
    int pair[2];
    struct terms terms = two_codecs();
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
    port.fd = pair[0];
    viewer = pair[1];
    assert_int_equal(pool_alloc(&pool, sizeof(struct packet), BLOCKS), 0);
    assert_int_equal(egress_alloc(&egress, &drops), 0);
    for (unsigned i = 0; i < PUBLISHERS; i++) {
        const struct ingress_config config = {
            .terms = &terms, .drops = &drops, .handlers.send_rtcp = to_publisher};
        publishers[i] = (struct publisher){.ssrc = 100 * i, .seq = (uint16_t)dice(65536), .pt = 96};
        assert_int_equal(ingress_alloc(&publishers[i].ingress, &config), 0);
    }
    const struct sub_config config = {.terms = &terms.video,
                                      .ssrc = 7,
                                      .cname = "relay",
                                      .outlet = &outlet,
                                      .egress = egress,
                                      .drops = &drops};
    assert_int_equal(sub_alloc(&sub, &config), 0);
    sub_attach(sub, ingress_video(publishers[0].ingress), 1);
}

static void tear_down(void)
{
    sub_free(sub);
    for (unsigned i = 0; i < PUBLISHERS; i++)
        ingress_free(publishers[i].ingress);
    egress_free(egress);
    assert_int_equal(pool_left(pool), BLOCKS);
    pool_free(pool);
    close(port.fd);
    close(viewer);
}

static void one_number_is_one_datagram_for_ever(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 4; seed++) {
        int64_t now_us = 1000 * MEDIA_MS;
        dice_state = seed * 2654435761u;
        memset(sent, 0, sizeof(sent));
        memset(&drops, 0, sizeof(drops));
        received = repeated = 0;
        set_up();
        for (int step = 0; step < STEPS && (uint16_t)(furthest - first) < NUMBERS; step++) {
            now_us += dice(4) * MEDIA_MS;
            publish(&publishers[dice(PUBLISHERS)], now_us);
            change(&now_us);
            watch();
            if (received && dice(3) == 0)
                sub_nack(sub, (uint16_t)(furthest - dice(300)), now_us);
            watch();
        }
        assert_true(received > 5000);
        assert_true(repeated > 100);
        assert_true(counter_get(&drops.count[DROP_DUPLICATE]) > 100);
        tear_down();
        first = furthest = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_number_is_one_datagram_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
