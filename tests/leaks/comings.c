#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/packet/rtp.h"
#include "tests/leaks/whip.h"
#include "tests/unit/support/rtc_client.h"

// banyan-comings: clients that come and go, one after the other, in one of several ways, while
// somebody publishes for those who watch.

#define PATIENCE_US 20000000
#define PICTURE_US  10000
#define STEP_MS     5
#define BUSY_US     500000

enum stage { STAGE_POSTED, STAGE_CHECKED, STAGE_CONNECTED, STAGE_MEDIA };

static const struct kind {
    const char *name;
    bool publish, tcp;
    enum stage stage; // how far they come
    bool bye;         // ends the DTLS session
    bool end;         // deletes the session
} kinds[] = {
    {"whip", true, false, STAGE_MEDIA, false, true},
    {"whip-bye", true, false, STAGE_MEDIA, true, false},
    {"whip-gone", true, false, STAGE_MEDIA, false, false},
    {"whep", false, false, STAGE_MEDIA, false, true},
    {"whep-tcp", false, true, STAGE_MEDIA, false, true},
    {"whep-gone", false, false, STAGE_MEDIA, false, false},
    {"post", true, false, STAGE_POSTED, false, false},
    {"dtls", true, false, STAGE_CHECKED, false, false}, // half a handshake
    {"dtls-tcp", true, true, STAGE_CHECKED, false, false},
};

struct comer {
    struct rtc_client *client;
    struct whip_session session;
    uint16_t seq;
    int64_t picture_us;
};

struct comings {
    const struct kind *kind;
    struct whip whip;
    const char *room; // what their names begin with
    unsigned count;
    struct rtc_identity *identity;
    struct comer publisher, comer;
};

#define ROOM_COMERS 32 // a room has 64 publications, and those of who vanished stay for a while

static int open_comer(struct comings *c, struct comer *comer, bool publish, bool tcp)
{
    struct rtc_config config = {.identity = c->identity,
                                .role = publish ? RTC_PUBLISH : RTC_WATCH,
                                .tcp = tcp,
                                .audio = true,
                                .video = true};
    int64_t patience_us = clock_us() + 2 * PATIENCE_US;
    int err = rtc_client_alloc(&comer->client, &config);
    if (err)
        return err;
    const char *offer = rtc_client_offer(comer->client);
    while ((err = whip_open(&c->whip, publish, offer, &comer->session)) == EBUSY &&
           clock_us() < patience_us)
        usleep(BUSY_US);
    if (!err)
        err = rtc_client_answer(comer->client, comer->session.answer, strlen(comer->session.answer),
                                clock_us());
    return err;
}

// A picture, always a whole VP8 keyframe of 16 by 16.
static void send_picture(struct comer *comer, int64_t now_us)
{
    uint8_t packet[RTP_HEADER_LEN + 32] = {0};
    static const uint8_t payload[] = {0x10, 0x50, 0x01, 0x00, 0x9d, 0x01, 0x2a, 16, 0, 16, 0};
    struct rtp_header header = {.marker = true,
                                .pt = RTC_PT_VIDEO,
                                .seq = comer->seq++,
                                .ts = (uint32_t)(now_us / 100 * 9),
                                .ssrc = rtc_client_video_ssrc(comer->client)};
    rtp_write_header(packet, &header);
    memcpy(packet + RTP_HEADER_LEN, payload, sizeof(payload));
    (void)rtc_client_send_rtp(comer->client, packet, sizeof(packet), RTP_HEADER_LEN);
    comer->picture_us = now_us + PICTURE_US;
}

static void step_comer(struct comer *comer, bool publish, int64_t now_us)
{
    if (!comer->client)
        return;
    (void)rtc_client_receive(comer->client, now_us);
    if (now_us >= rtc_client_deadline(comer->client))
        rtc_client_tick(comer->client, now_us);
    if (publish && rtc_client_connected(comer->client) && now_us >= comer->picture_us)
        send_picture(comer, now_us);
}

static void step(struct comings *c)
{
    struct pollfd fds[2] = {{.fd = -1}, {.fd = -1}};
    struct comer *comers[2] = {&c->publisher, &c->comer};
    for (int i = 0; i < 2; i++)
        if (comers[i]->client)
            fds[i] = (struct pollfd){.fd = rtc_client_fd(comers[i]->client), .events = POLLIN};
    poll(fds, 2, STEP_MS);
    int64_t now_us = clock_us();
    step_comer(&c->publisher, true, now_us);
    step_comer(&c->comer, c->kind->publish, now_us);
}

static bool is_there(const struct comer *comer, enum stage stage, bool publish)
{
    struct rtc_client_stats stats = rtc_client_stats(comer->client);
    switch (stage) {
    case STAGE_POSTED:
        return true;
    case STAGE_CHECKED: // and the server has begun its flight
        return rtc_client_checked(comer->client) && stats.datagrams > 1;
    case STAGE_CONNECTED:
        return rtc_client_connected(comer->client);
    default:
        return rtc_client_connected(comer->client) && (publish ? comer->seq > 2 : stats.rtp > 0);
    }
}

static int wait_for(struct comings *c, const struct comer *comer, enum stage stage, bool publish)
{
    for (int64_t end_us = clock_us() + PATIENCE_US; !is_there(comer, stage, publish); step(c))
        if (clock_us() > end_us)
            return ETIMEDOUT;
    return 0;
}

static void forget(struct comer *comer)
{
    rtc_client_free(comer->client);
    memset(comer, 0, sizeof(*comer));
}

// Publishers take one room after the other; viewers stay where somebody publishes.
static void choose_room(struct comings *c, unsigned number)
{
    static char room[64];
    snprintf(room, sizeof(room), "%s%u", c->room, c->kind->publish ? number / ROOM_COMERS : 0);
    c->whip.room = room;
}

static int come_and_go(struct comings *c)
{
    const struct kind *kind = c->kind;
    int err = open_comer(c, &c->comer, kind->publish, kind->tcp);
    if (!err)
        err = wait_for(c, &c->comer, kind->stage, kind->publish);
    if (!err && kind->bye)
        rtc_client_close(c->comer.client);
    if (!err && kind->end)
        err = whip_end(&c->whip, kind->publish, &c->comer.session);
    forget(&c->comer);
    return err;
}

static int run(struct comings *c)
{
    int err = rtc_identity_alloc(&c->identity);
    choose_room(c, 0);
    if (!err && !c->kind->publish)
        err = open_comer(c, &c->publisher, true, false);
    if (!err && !c->kind->publish)
        err = wait_for(c, &c->publisher, STAGE_MEDIA, true);
    for (unsigned i = 0; !err && i < c->count; i++) {
        choose_room(c, i);
        err = come_and_go(c);
        if (err)
            fprintf(stderr, "%s %u: %s\n", c->kind->name, i, strerror(err));
    }
    if (c->publisher.client)
        (void)whip_end(&c->whip, true, &c->publisher.session);
    forget(&c->publisher);
    rtc_identity_free(c->identity);
    return err;
}

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static void take_option(struct comings *c, int name, const char *value)
{
    switch (name) {
    case 'k':
        c->kind = find_kind(value);
        break;
    case 'n':
        c->count = (unsigned)strtoul(value, NULL, 10);
        break;
    case 'p':
        c->whip.port = (unsigned)strtoul(value, NULL, 10);
        break;
    case 'r':
        c->room = value;
        break;
    case 's':
        c->whip.publish_token = value;
        break;
    case 'w':
        c->whip.watch_token = value;
        break;
    }
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        {"kind", required_argument, NULL, 'k'},
        {"count", required_argument, NULL, 'n'},
        {"port", required_argument, NULL, 'p'},
        {"room", required_argument, NULL, 'r'},
        {"publish-token", required_argument, NULL, 's'},
        {"watch-token", required_argument, NULL, 'w'},
        {NULL, 0, NULL, 0},
    };
    struct comings c = {.whip = {.host = "127.0.0.1"}};
    signal(SIGPIPE, SIG_IGN);
    for (int name; (name = getopt_long(argc, argv, "", names, NULL)) >= 0;)
        take_option(&c, name, optarg);
    if (!c.kind || !c.count || !c.whip.port || !c.room || !c.whip.publish_token ||
        !c.whip.watch_token) {
        fprintf(stderr, "banyan-comings --kind KIND --count N --port HTTP --room PREFIX "
                        "--publish-token T --watch-token T\n");
        return 2;
    }
    return run(&c) ? 1 : 0;
}
