#include "tests/unit/support/rtc_inside.h"

// What can be asked of a test client.

const char *rtc_client_offer(const struct rtc_client *client)
{
    return client->offer;
}

int rtc_client_fd(const struct rtc_client *client)
{
    return client->fd;
}

bool rtc_client_wants_write(const struct rtc_client *client)
{
    return client->queued > 0;
}

bool rtc_client_checked(const struct rtc_client *client)
{
    return client->checked;
}

bool rtc_client_connected(const struct rtc_client *client)
{
    return client->connected && !client->closed;
}

bool rtc_client_closed(const struct rtc_client *client)
{
    return client->closed;
}

uint32_t rtc_client_audio_ssrc(const struct rtc_client *client)
{
    return client->audio_ssrc;
}

uint32_t rtc_client_video_ssrc(const struct rtc_client *client)
{
    return client->video_ssrc;
}

uint32_t rtc_client_rtx_ssrc(const struct rtc_client *client)
{
    return client->rtx_ssrc;
}

struct rtc_client_stats rtc_client_stats(const struct rtc_client *client)
{
    return client->stats;
}
