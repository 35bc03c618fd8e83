#include "tests/load/stage.h"

#include "gateway/base/clock.h"
#include "gateway/packet/rtp.h"
#include "tests/unit/support/rtc_client.h"

void stage_begin(struct stage *stage, unsigned kbit, int64_t phase_us)
{
    const struct rtc_client *client = stage->publisher.client;
    traffic_begin(&stage->traffic, rtc_client_audio_ssrc(client), rtc_client_video_ssrc(client),
                  kbit, clock_us() + phase_us);
    spread_begin(&stage->spread, kbit);
    stage->publisher.traffic = &stage->traffic;
    stage->streaming = true;
}

void stage_stream(struct stage *stage, bool on)
{
    if (on && !stage->streaming)
        traffic_resume(&stage->traffic, clock_us());
    stage->streaming = on;
}

int64_t stage_due(const struct stage *stage)
{
    int64_t next_us = stage->streaming ? traffic_due(&stage->traffic) : INT64_MAX;
    int64_t spread_us = spread_due(&stage->spread);
    return next_us < spread_us ? next_us : spread_us;
}

static void send_burst(struct stage *stage, int64_t now_us)
{
    struct traffic_packet packets[TRAFFIC_BURST_MAX];
    unsigned count = traffic_next(&stage->traffic, packets);
    bool sound = (packets[0].data[1] & 0x7f) == RTC_PT_AUDIO;
    if (stage->spreads && !sound) {
        spread_put(&stage->spread, packets, count, now_us);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        end_publish(&stage->publisher, &packets[i]);
}

void stage_publish(struct stage *stage)
{
    struct traffic_packet *packet;
    int64_t now_us = clock_us();
    while (stage->streaming && traffic_due(&stage->traffic) <= now_us)
        send_burst(stage, now_us);
    while ((packet = spread_take(&stage->spread, now_us)))
        end_publish(&stage->publisher, packet);
}
