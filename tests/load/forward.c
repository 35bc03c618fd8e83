#include "tests/load/forward.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/feedback/sent.h"
#include "gateway/relay/egress.h"
#include "gateway/relay/sub.h"
#include "gateway/relay/track.h"
#include "tests/load/drain.h"
#include "tests/load/traffic.h"
#include "tests/unit/support/rtc_client.h"

#define POOL_PACKETS 8192
#define SECOND_US    1000000

struct viewer {
    struct outlet outlet;
    struct sub *audio, *video;
    struct sent *sent;
};

struct forward {
    const struct forward_options *options;
    struct drops drops;
    struct pool *pool;
    struct egress *egress;
    struct wire wire;
    struct drain *drain;
    struct srtp_out *publisher;
    struct srtp_in *arriving;
    struct track *audio, *video;
    struct terms terms;
    struct viewer *viewers;
    struct traffic traffic;
    struct traffic_packet burst[TRAFFIC_BURST_MAX];
};

// --- what is counted ----------------------------------------------------------------------------

static void take(struct forward *forward, const struct traffic_packet *from, int64_t now_us)
{
    static const struct rtp_ext_map none;
    struct packet *packet = packet_take(forward->pool);
    if (!packet)
        return;
    packet->len = from->len;
    packet->arrival_us = now_us;
    memcpy(packet->data, from->data, from->len);
    if (srtp_unprotect(forward->arriving, packet->data, &packet->len) == 0 &&
        packet_parse(packet, &none) == 0)
        track_push(packet->rtp.pt == RTC_PT_AUDIO ? forward->audio : forward->video, packet,
                   now_us);
    packet_drop(packet);
}

// One turn of a shard: protected packets come in, and leave for every viewer. A function of its
// own that callgrind can be told.
__attribute__((noinline)) static void forward_burst(struct forward *forward, unsigned count,
                                                    int64_t now_us)
{
    for (unsigned i = 0; i < count; i++)
        take(forward, &forward->burst[i], now_us);
    egress_flush(forward->egress);
}

// --- around it ----------------------------------------------------------------------------------

static void protect(struct forward *forward, struct traffic_packet *packet)
{
    uint8_t plain[TRAFFIC_PACKET_MAX];
    memcpy(plain, packet->data, packet->len);
    packet->len = srtp_protect(forward->publisher, get_u16(plain + 2), packet->data,
                               TRAFFIC_HEADER_LEN, plain + TRAFFIC_HEADER_LEN,
                               packet->len - TRAFFIC_HEADER_LEN);
}

// Traffic's time, not the machine's: the same turns in every run.
static void stream_until(struct forward *forward, int64_t end_us)
{
    while (traffic_due(&forward->traffic) < end_us) {
        int64_t now_us = traffic_due(&forward->traffic);
        unsigned count = traffic_next(&forward->traffic, forward->burst);
        for (unsigned i = 0; i < count; i++)
            protect(forward, &forward->burst[i]);
        forward_burst(forward, count, now_us);
    }
}

static void agree(struct terms_media *media, enum codec codec, uint8_t pt, bool counted)
{
    media->present = true;
    media->codecs[0] = (struct terms_codec){.codec = codec, .pt = pt};
    media->codec_count = 1;
    if (counted)
        (void)rtp_ext_map_set(&media->ext, RTC_EXT_TWCC, RTP_EXT_TRANSPORT_CC);
}

static int add_sub(struct forward *forward, struct viewer *viewer, bool video, struct sub **subp)
{
    const struct sub_config config = {
        .terms = video ? &forward->terms.video : &forward->terms.audio,
        .ssrc = random_u32(),
        .cname = "load",
        .outlet = &viewer->outlet,
        .egress = forward->egress,
        .sent = viewer->sent,
        .drops = &forward->drops,
    };
    int err = sub_alloc(subp, &config);
    if (!err)
        sub_attach(*subp, video ? forward->video : forward->audio, 0);
    return err;
}

static int add_viewer(struct forward *forward, unsigned which)
{
    struct viewer *viewer = &forward->viewers[which];
    uint8_t key[SRTP_KEY_MAX], salt[SRTP_SALT_MAX];
    random_bytes(key, sizeof(key));
    random_bytes(salt, sizeof(salt));
    viewer->outlet = (struct outlet){.open = true, .path.wire = &forward->wire};
    viewer->outlet.path.remote.v4 = *drain_address(forward->drain, which);
    int err = srtp_out_alloc(&viewer->outlet.srtp, SRTP_PROFILE_AEAD_AES_128_GCM, key, salt);
    if (!err && forward->options->counted)
        err = sent_alloc(&viewer->sent);
    if (!err)
        err = add_sub(forward, viewer, false, &viewer->audio);
    return err ? err : add_sub(forward, viewer, true, &viewer->video);
}

static int add_publisher(struct forward *forward)
{
    const uint8_t key[SRTP_KEY_MAX] = "key", salt[SRTP_SALT_MAX] = "salt";
    const struct track_config audio = {.codec = CODEC_OPUS, .drops = &forward->drops};
    const struct track_config video = {.codec = CODEC_VP8, .drops = &forward->drops};
    int err = srtp_out_alloc(&forward->publisher, SRTP_PROFILE_AEAD_AES_128_GCM, key, salt);
    if (!err)
        err = srtp_in_alloc(&forward->arriving, SRTP_PROFILE_AEAD_AES_128_GCM, key, salt);
    if (!err)
        err = track_alloc(&forward->audio, &audio, NULL, NULL);
    return err ? err : track_alloc(&forward->video, &video, NULL, NULL);
}

static int open_all(struct forward *forward)
{
    const struct forward_options *options = forward->options;
    agree(&forward->terms.audio, CODEC_OPUS, RTC_PT_AUDIO, options->counted);
    agree(&forward->terms.video, CODEC_VP8, RTC_PT_VIDEO, options->counted);
    forward->wire.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    forward->viewers = mem_array(options->viewers, sizeof(*forward->viewers));
    int err = forward->wire.fd < 0 ? errno : forward->viewers ? 0 : ENOMEM;
    if (!err)
        err = pool_alloc(&forward->pool, sizeof(struct packet), POOL_PACKETS);
    if (!err)
        err = egress_alloc(&forward->egress, &forward->drops);
    if (!err)
        err = drain_alloc(&forward->drain, options->viewers, -1, NULL);
    if (!err)
        err = add_publisher(forward);
    for (unsigned i = 0; !err && i < options->viewers; i++)
        err = add_viewer(forward, i);
    return err;
}

static void close_all(struct forward *forward)
{
    for (unsigned i = 0; forward->viewers && i < forward->options->viewers; i++) {
        sub_free(forward->viewers[i].audio);
        sub_free(forward->viewers[i].video);
        srtp_out_free(forward->viewers[i].outlet.srtp);
        sent_free(forward->viewers[i].sent);
    }
    track_free(forward->audio);
    track_free(forward->video);
    srtp_in_free(forward->arriving);
    srtp_out_free(forward->publisher);
    drain_free(forward->drain);
    egress_free(forward->egress);
    pool_free(forward->pool);
    mem_free(forward->viewers);
    if (forward->wire.fd >= 0)
        close(forward->wire.fd);
    mem_free(forward);
}

int forward_run(const struct forward_options *options)
{
    struct forward *forward = mem_zalloc(sizeof(*forward));
    if (!forward)
        return ENOMEM;
    forward->options = options;
    int err = open_all(forward);
    if (!err) {
        traffic_begin(&forward->traffic, 1, 2, TRAFFIC_KBIT, SECOND_US);
        stream_until(forward, SECOND_US * (1 + (int64_t)options->seconds));
        printf("{\"mode\":\"forward\",\"viewers\":%u,\"packets\":%llu}\n", options->viewers,
               (unsigned long long)counter_get(&egress_stats(forward->egress)->packets));
    }
    close_all(forward);
    return err;
}
