#include "tests/load/end.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/packet/demux.h"
#include "gateway/packet/rtcp.h"
#include "gateway/packet/rtp_ext.h"

#define REPORT_US     1000000
#define RTCP_MAX      512
#define NTP_OFFSET_MS 2208988800000ll // 1900 to 1970

// --- what comes in ------------------------------------------------------------------------------

static struct end_stream *stream_of(struct end *end, uint32_t ssrc)
{
    for (unsigned i = 0; i < END_STREAMS_MAX; i++) {
        struct end_stream *stream = &end->streams[i];
        if (!stream->seen.started)
            stream->ssrc = ssrc;
        if (stream->ssrc == ssrc)
            return stream;
    }
    return NULL;
}

// The transport-wide number stands in the clear.
static void note_number(struct end *end, const uint8_t *data, size_t len)
{
    struct rtp_header header;
    struct rtp_ext_map map = {0};
    struct rtp_ext_set set;
    size_t size = 0;
    (void)rtp_ext_map_set(&map, RTC_EXT_TWCC, RTP_EXT_TRANSPORT_CC);
    if (rtp_parse_protected(&header, data, len) || rtp_ext_parse(&set, &map, data, &header))
        return;
    const uint8_t *number = rtp_ext_get(&set, data, RTP_EXT_TRANSPORT_CC, &size);
    if (number && size == 2)
        arrival_record(end->arrival, get_u16(number), end->arrived_ns / 1000);
}

// The last packet of the first frame makes the first picture.
static void note_picture(struct end *end, const uint8_t *data)
{
    if (!end->picture_ns && data[1] == (0x80 | RTC_PT_VIDEO))
        end->picture_ns = end->arrived_ns;
}

// By the header alone: a packet that came, or came again.
static void count(struct end *end, const uint8_t *data, size_t len)
{
    struct end_stream *stream = stream_of(end, get_u32(data + 8));
    if (!stream)
        return;
    uint64_t index = replay_guess(&stream->seen, get_u16(data + 2));
    if (!replay_fresh(&stream->seen, index)) {
        end->totals->duplicates += end->totals->measuring;
        return;
    }
    replay_note(&stream->seen, index);
    note_picture(end, data);
    if (end->arrival)
        note_number(end, data, len);
    if (end->totals->measuring) {
        end->received++;
        end->totals->received++;
        end->totals->bytes += len;
    }
}

// True when it was the server's check and is answered.
static bool answer_check(struct end *end, const uint8_t *data, size_t len)
{
    uint8_t reply[512];
    size_t size = responder_reply(end->responder, rtc_client_fd(end->client), data, len, reply,
                                  sizeof(reply));
    if (size)
        (void)rtc_client_send_raw(end->client, reply, size);
    return size > 0;
}

static void on_arrival(void *arg, const uint8_t *data, size_t len, int64_t arrived_ns)
{
    struct end *end = arg;
    enum packet_kind kind = packet_kind(data, len);
    bool rtp = kind == PACKET_RTP;
    end->arrived_ns = arrived_ns;
    if (kind == PACKET_STUN && answer_check(end, data, len))
        return;
    if (rtp && !end->publishes)
        count(end, data, len);
    if (!rtp || end->sampled || !rtc_client_connected(end->client))
        rtc_client_take(end->client, data, len, arrived_ns / 1000);
}

static void on_rtp(void *arg, const uint8_t *packet, size_t len, int64_t now_us)
{
    struct end *end = arg;
    (void)now_us;
    if (!end->totals->measuring)
        return;
    int64_t sent_ns = traffic_sent_ns(packet, len);
    if (sent_ns)
        histogram_add(&end->totals->delay, (end->arrived_ns - sent_ns) / 1000);
}

// A viewer's own reports refer to it.
static void note_report(struct end *end, const struct rtcp_packet *packet)
{
    struct rtcp_sr sr;
    struct end_stream *stream = rtcp_parse_sr(packet, &sr) ? NULL : stream_of(end, sr.ssrc);
    if (!stream)
        return;
    stream->sr = (uint32_t)(sr.ntp >> 16);
    stream->sr_us = end->arrived_ns / 1000;
}

// A publisher is asked for a keyframe.
static void on_rtcp(void *arg, const uint8_t *data, size_t len, int64_t now_us)
{
    struct end *end = arg;
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    (void)now_us;
    while (rtcp_next(&it, &packet) == 0) {
        enum rtcp_kind kind = rtcp_kind(&packet);
        if (end->traffic && (kind == RTCP_KIND_PLI || kind == RTCP_KIND_FIR))
            traffic_want_key(end->traffic);
        if (!end->publishes && kind == RTCP_KIND_SR)
            note_report(end, &packet);
    }
}

void end_read(struct end *end, struct arrivals *arrivals, int64_t now_us)
{
    (void)now_us;
    arrivals_read(arrivals, rtc_client_fd(end->client), on_arrival, end);
}

// --- birth and death ----------------------------------------------------------------------------

int end_prepare(struct end *end, struct rtc_identity *identity, int64_t now_us)
{
    struct rtc_config config = {
        .identity = identity,
        .role = end->publishes ? RTC_PUBLISH : RTC_WATCH,
        .audio = true,
        .video = true,
        .twcc = end->counted,
        .handlers = {.rtp = on_rtp, .rtcp = on_rtcp},
        .arg = end,
    };
    end->ssrc = random_u32();
    end->report_us = now_us + REPORT_US;
    end->arrival = end->counted ? mem_zalloc(sizeof(*end->arrival)) : NULL;
    if (end->counted && !end->arrival)
        return ENOMEM;
    int err = rtc_client_alloc(&end->client, &config);
    return err ? err : responder_alloc(&end->responder, rtc_client_offer(end->client));
}

int end_connect(struct end *end, const char *answer, int64_t now_us)
{
    int err = rtc_client_answer(end->client, answer, strlen(answer), now_us);
    return err ? err : arrivals_watch(rtc_client_fd(end->client));
}

int end_open(struct end *end, struct rtc_identity *identity, const struct exchange *exchange,
             unsigned number, int64_t now_us)
{
    char *answer = NULL;
    int err = end_prepare(end, identity, now_us);
    if (!err)
        err = exchange_offer(exchange, end->publishes, number, rtc_client_offer(end->client),
                             &answer);
    if (!err)
        err = end_connect(end, answer, now_us);
    mem_free(answer);
    return err;
}

void end_close(struct end *end)
{
    if (end->client)
        rtc_client_close(end->client);
    rtc_client_free(end->client);
    responder_free(end->responder);
    mem_free(end->arrival);
    end->arrival = NULL;
    end->client = NULL;
    end->responder = NULL;
}

// --- what goes out ------------------------------------------------------------------------------

void end_publish(struct end *end, struct traffic_packet *packet)
{
    traffic_stamp(packet, monotonic_ns());
    (void)rtc_client_send_rtp(end->client, packet->data, packet->len, TRAFFIC_HEADER_LEN);
}

static void send_report(struct end *end, const struct writer *w)
{
    (void)rtc_client_send_rtcp(end->client, w->data, w->len);
}

static void report_sent(struct end *end, int64_t now_us)
{
    const struct traffic *traffic = end->traffic;
    int64_t wall_ms = clock_wall_ms() + NTP_OFFSET_MS;
    uint64_t ntp = (uint64_t)(wall_ms / 1000) << 32 | (uint64_t)(wall_ms % 1000) * 4294967;
    const struct rtcp_sr reports[] = {
        {traffic->audio_ssrc, ntp, traffic_audio_ts(traffic, now_us), traffic->audio_seq, 0},
        {traffic->video_ssrc, ntp, traffic_video_ts(traffic, now_us), traffic->video_seq, 0},
    };
    for (unsigned i = 0; i < 2; i++) {
        uint8_t data[RTCP_MAX];
        struct writer w = writer_of(data, sizeof(data) - 32);
        rtcp_write_sr(&w, &reports[i], NULL, 0);
        rtcp_write_cname(&w, reports[i].ssrc, "load");
        send_report(end, &w);
    }
}

static struct rtcp_report report_on(const struct end_stream *stream, int64_t now_us)
{
    struct rtcp_report report = {.ssrc = stream->ssrc, .highest_seq = (uint32_t)stream->seen.top};
    if (stream->sr) {
        report.last_sr = stream->sr;
        report.since_sr = (uint32_t)((now_us - stream->sr_us) * 65536 / 1000000);
    }
    return report;
}

static void report_received(struct end *end, int64_t now_us)
{
    uint8_t data[RTCP_MAX];
    struct writer w = writer_of(data, sizeof(data) - 32);
    struct rtcp_report reports[END_STREAMS_MAX];
    size_t known = 0;
    for (unsigned i = 0; i < END_STREAMS_MAX; i++)
        if (end->streams[i].seen.started)
            reports[known++] = report_on(&end->streams[i], now_us);
    rtcp_write_rr(&w, end->ssrc, reports, known);
    rtcp_write_cname(&w, end->ssrc, "load");
    send_report(end, &w);
}

static void report_arrivals(struct end *end, int64_t now_us)
{
    uint8_t data[RTCP_MAX];
    int err = end->arrival && now_us >= arrival_deadline(end->arrival) ? EMSGSIZE : 0;
    while (err == EMSGSIZE) {
        struct writer w = writer_of(data, sizeof(data) - 32);
        err = arrival_write(end->arrival, &w, end->ssrc, end->streams[0].ssrc);
        if (w.len)
            send_report(end, &w);
        else
            err = 0;
    }
}

void end_tick(struct end *end, int64_t now_us)
{
    bool connected = rtc_client_connected(end->client);
    if (!connected || now_us >= rtc_client_deadline(end->client))
        rtc_client_tick(end->client, now_us);
    if (connected)
        report_arrivals(end, now_us);
    if (now_us < end->report_us || !connected)
        return;
    end->report_us += REPORT_US;
    if (end->traffic)
        report_sent(end, now_us);
    else if (!end->publishes)
        report_received(end, now_us);
}
