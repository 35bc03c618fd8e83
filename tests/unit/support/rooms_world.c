#include "tests/unit/support/rooms_world.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/packet/rtcp.h"
#include "gateway/packet/rtp.h"
#include "gateway/packet/rtp_ext.h"

#define PATIENCE_US   (10 * 1000000LL)
#define STEP_MS       2
#define FRAME_US      5000
#define REPORT_FRAMES 20
#define TS_STEP_MAX   900000u // 10 s of pictures; more, or backwards, is a leap
#define METRICS_SIZE  65536

// --- events -------------------------------------------------------------------------------------

static void note(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void note(struct world *world, const char *format, ...)
{
    va_list args;
    if (world->event_count == WORLD_EVENTS_MAX)
        return;
    va_start(args, format);
    vsnprintf(world->events[world->event_count++], sizeof(world->events[0]), format, args);
    va_end(args);
}

static void on_connected(void *arg, const char *session)
{
    note(arg, "connected %s", session);
}

static void on_ended(void *arg, const char *session, const char *why)
{
    note(arg, "ended %s %s", session, why);
}

static void on_added(void *arg, const struct rooms_publication *publication)
{
    note(arg, "added %s %s %s %s", publication->room, publication->participant,
         rooms_source_name(publication->source), publication->video_codec);
}

static void on_removed(void *arg, const struct rooms_publication *publication)
{
    note(arg, "removed %s %s %s", publication->room, publication->participant,
         rooms_source_name(publication->source));
}

static void on_viewers(void *arg, const char *room, unsigned count)
{
    note(arg, "viewers %s %u", room, count);
}

static void on_layers(void *arg, const char *session, const struct rooms_layers *layers)
{
    const char *rid = layers->current < 0 ? "-" : layers->layers[layers->current].rid;
    note(arg, "layers %s %u of which %s%s%s", session, layers->count, rid,
         layers->paused ? " paused by " : "", layers->paused ? layers->paused : "");
}

static const struct rooms_handlers handlers = {
    .session_connected = on_connected,
    .session_ended = on_ended,
    .publication_added = on_added,
    .publication_removed = on_removed,
    .viewers = on_viewers,
    .layers = on_layers,
};

unsigned world_count(const struct world *world, const char *start)
{
    unsigned count = 0;
    for (unsigned i = 0; i < world->event_count; i++)
        count += strncmp(world->events[i], start, strlen(start)) == 0;
    return count;
}

unsigned long long world_metric(struct world *world, const char *line)
{
    char start[256];
    char *text = calloc(1, METRICS_SIZE);
    assert_true(rooms_metrics(world->rooms, text, METRICS_SIZE) > 0);
    snprintf(start, sizeof(start), "\n%s", line);
    const char *at = strstr(text, start);
    assert_non_null(at);
    unsigned long long value = strtoull(at + strlen(start), NULL, 10);
    free(text);
    return value;
}

// --- opening and closing ------------------------------------------------------------------------

void world_open(struct world *world, const struct rooms_config *config)
{
    struct rooms_config used = config ? *config : (struct rooms_config){0};
    memset(world, 0, sizeof(*world));
    world->live = mem_live();
    if (!used.shards)
        used.shards = 1;
    if (!used.listen[0])
        used.listen[0] = "127.0.0.1";
    assert_int_equal(loop_alloc(&world->loop), 0);
    assert_int_equal(rtc_identity_alloc(&world->identity), 0);
    assert_int_equal(rooms_alloc(&world->rooms, &used, &handlers, world, world->loop), 0);
}

void world_close(struct world *world)
{
    rooms_free(world->rooms);
    for (unsigned i = 0; i < world->count; i++)
        rtc_client_free(world->people[i].client);
    rtc_identity_free(world->identity);
    loop_free(world->loop);
    assert_int_equal(mem_live(), world->live);
}

void world_step(struct world *world)
{
    struct pollfd fds[WORLD_PEOPLE_MAX + 1];
    int64_t now_us = clock_us();
    unsigned count = 0;
    fds[count++] = (struct pollfd){.fd = loop_fd(world->loop), .events = POLLIN};
    for (unsigned i = 0; i < world->count; i++) {
        const struct rtc_client *client = world->people[i].client;
        short wanted = client && rtc_client_wants_write(client) ? POLLIN | POLLOUT : POLLIN;
        int fd = client ? rtc_client_fd(client) : -1;
        fds[count++] = (struct pollfd){.fd = fd, .events = wanted};
    }
    poll(fds, count, STEP_MS);
    loop_step(world->loop, 0);
    now_us = clock_us();
    for (unsigned i = 0; i < world->count; i++) {
        struct rtc_client *client = world->people[i].client;
        if (!client || rtc_client_fd(client) < 0)
            continue;
        (void)rtc_client_receive(client, now_us);
        if (rtc_client_deadline(client) <= now_us || !rtc_client_connected(client))
            rtc_client_tick(client, now_us);
    }
}

bool world_until(struct world *world, bool (*done)(struct world *world, void *arg), void *arg)
{
    int64_t limit = clock_us() + PATIENCE_US;
    while (!done(world, arg)) {
        if (clock_us() > limit)
            return false;
        world_step(world);
    }
    return true;
}

static bool has_event(struct world *world, void *arg)
{
    return world_count(world, arg) > 0;
}

bool world_wait_event(struct world *world, const char *start)
{
    char text[160];
    text_copy(text, sizeof(text), start);
    return world_until(world, has_event, text);
}

bool world_some_media(struct world *world, void *person)
{
    const struct person *watcher = person;
    (void)world;
    return watcher->got[0].packets >= 20 && watcher->got[1].packets >= 60;
}

// --- people -------------------------------------------------------------------------------------

// A payload: two bytes of VP8, who, which number, and bytes that follow from both.
static void fill(uint8_t *payload, size_t len, uint32_t tag, uint32_t number)
{
    put_u32(payload + 2, tag);
    put_u32(payload + 6, number);
    for (size_t i = 10; i < len; i++)
        payload[i] = (uint8_t)(tag * 7 + number * 13 + i);
}

static bool is_whole(const uint8_t *payload, size_t len, uint32_t tag, uint32_t number)
{
    for (size_t i = 10; i < len; i++)
        if (payload[i] != (uint8_t)(tag * 7 + number * 13 + i))
            return false;
    return true;
}

static void take_repair(struct person *person, const struct rtp_header *header)
{
    const uint8_t *payload = header->payload + 2; // behind the number
    assert_int_equal(header->pt, RTC_PT_RTX);
    assert_true(header->payload_len >= 12);
    if (!is_whole(payload, header->payload_len - 2, get_u32(payload + 2), get_u32(payload + 6)))
        person->got[1].foreign++;
    person->repaired = get_u16(header->payload);
    person->repairs++;
}

static void take_number(struct person *person, const uint8_t *packet,
                        const struct rtp_header *header)
{
    struct rtp_ext_map map = {0};
    struct rtp_ext_set set;
    size_t len = 0;
    rtp_ext_map_set(&map, RTC_EXT_TWCC, RTP_EXT_TRANSPORT_CC);
    assert_int_equal(rtp_ext_parse(&set, &map, packet, header), 0);
    const uint8_t *number = rtp_ext_get(&set, packet, RTP_EXT_TRANSPORT_CC, &len);
    if (!number)
        return;
    assert_int_equal(len, 2);
    person->skipped += person->counted && get_u16(number) != (uint16_t)(person->transport_seq + 1);
    person->transport_seq = get_u16(number);
    person->counted++;
}

static void on_nack(uint16_t seq, void *arg)
{
    struct person *person = arg;
    person->nacked = seq;
    person->nacks++;
}

static void on_rtp(void *arg, const uint8_t *packet, size_t len, int64_t now_us)
{
    struct person *person = arg;
    struct rtp_header header;
    (void)now_us;
    assert_int_equal(rtp_parse(&header, packet, len), 0);
    take_number(person, packet, &header);
    if (header.ssrc == rtc_client_rtx_ssrc(person->client)) {
        take_repair(person, &header);
        return;
    }
    bool video = header.ssrc == rtc_client_video_ssrc(person->client);
    if (!video && header.ssrc != rtc_client_audio_ssrc(person->client))
        fail_msg("a stream nobody answered for");
    uint32_t tag = get_u32(header.payload + 2), number = get_u32(header.payload + 6);
    if (header.pt != (video ? RTC_PT_VIDEO : RTC_PT_AUDIO) || header.payload_len < 10 ||
        !is_whole(header.payload, header.payload_len, tag, number))
        person->got[video].foreign++;
    if (!person->got[video].packets)
        person->got[video].started_with_key = (header.payload[1] & 1) == 0;
    else if (!seq_newer(header.seq, person->got[video].seq))
        person->got[video].disorder++;
    else if ((uint16_t)(header.seq - person->got[video].seq) != 1)
        person->got[video].gaps++;
    if (person->got[video].packets && header.ts - person->got[video].ts > TS_STEP_MAX)
        person->got[video].leaps++;
    person->got[video].ts = header.ts;
    person->got[video].packets++;
    person->got[video].seq = header.seq;
    person->got[video].tag = tag;
    person->got[video].number = number;
}

static void take_remb(struct person *person, const struct rtcp_feedback *feedback)
{
    struct rtcp_remb remb;
    if (rtcp_parse_remb(feedback, &remb) != 0)
        return;
    person->rembs++;
    person->remb = remb.bitrate;
}

static void on_rtcp(void *arg, const uint8_t *data, size_t len, int64_t now_us)
{
    struct person *person = arg;
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    struct rtcp_feedback feedback;
    (void)now_us;
    while (rtcp_next(&it, &packet) == 0) {
        enum rtcp_kind kind = rtcp_kind(&packet);
        person->plis += kind == RTCP_KIND_PLI;
        if (kind == RTCP_KIND_NACK && rtcp_parse_feedback(&packet, &feedback) == 0)
            rtcp_each_nack(&feedback, on_nack, person);
        if (kind == RTCP_KIND_REMB && rtcp_parse_feedback(&packet, &feedback) == 0)
            take_remb(person, &feedback);
        person->reports += kind == RTCP_KIND_RR && packet.count > 0;
        person->sender_reports += kind == RTCP_KIND_SR;
    }
}

static void on_answer(void *arg, const struct rooms_answer *answer)
{
    struct person *person = arg;
    person->answered = true;
    person->status = answer->status;
    person->retry_after = answer->retry_after;
    if (answer->status != 201) {
        text_copy(person->field, sizeof(person->field), answer->field);
        text_copy(person->detail, sizeof(person->detail), answer->detail);
        return;
    }
    text_copy(person->etag, sizeof(person->etag), answer->etag);
    assert_int_equal(
        rtc_client_answer(person->client, answer->sdp, strlen(answer->sdp), clock_us()), 0);
}

static bool is_answered(struct world *world, void *arg)
{
    const struct person *person = arg;
    (void)world;
    return person->answered;
}

static bool is_connected(struct world *world, void *arg)
{
    const struct person *person = arg;
    char event[160];
    snprintf(event, sizeof(event), "connected %s", person->session);
    return rtc_client_connected(person->client) && world_count(world, event);
}

struct person *world_enter(struct world *world, const struct person_config *config)
{
    assert_true(world->count < WORLD_PEOPLE_MAX);
    struct person *person = &world->people[world->count++];
    person->world = world;
    person->tag = world->count;
    person->publishes = !config->watch;
    person->audio_seq = 65500; // numbers wrap around soon
    person->video_seq = 65400;
    text_copy(person->session, sizeof(person->session), config->session);
    struct rtc_config of = {
        .identity = world->identity,
        .role = config->watch ? RTC_WATCH : RTC_PUBLISH,
        .tcp = config->tcp,
        .audio = true,
        .video = !config->no_video,
        .rtx = config->rtx,
        .twcc = config->twcc,
        .simulcast = config->simulcast,
        .handlers = {.rtp = on_rtp, .rtcp = on_rtcp},
        .arg = person,
    };
    assert_int_equal(rtc_client_alloc(&person->client, &of), 0);
    const char *offer = rtc_client_offer(person->client);
    struct rooms_request request = {
        .session = config->session,
        .room = config->room,
        .participant = config->participant,
        .offer = offer,
        .offer_len = strlen(offer),
        .source = config->source,
        .publication = config->publication,
        .together = config->together,
    };
    (config->watch ? rooms_watch : rooms_publish)(world->rooms, &request, on_answer, person);
    assert_false(person->answered);
    assert_true(world_until(world, is_answered, person));
    return person;
}

struct person *world_connect(struct world *world, const struct person_config *config)
{
    struct person *person = world_enter(world, config);
    if (person->status != 201)
        fail_msg("%s: %d %s %s", config->session, person->status, person->field, person->detail);
    assert_true(world_until(world, is_connected, person));
    return person;
}

void person_vanish(struct person *person)
{
    rtc_client_free(person->client);
    person->client = NULL;
}

// --- media --------------------------------------------------------------------------------------

size_t world_write(uint8_t *packet, const struct world_media *media)
{
    static const uint8_t heads[3][2] = {{0x10, 0x11}, {0x10, 0x10}, {0x00, 0x11}};
    static const uint8_t sound[2] = {0x78, 0x78};
    struct rtp_header header = {
        .marker = media->last,
        .pt = media->video ? RTC_PT_VIDEO : RTC_PT_AUDIO,
        .seq = media->seq,
        .ts = media->ts,
        .ssrc = media->ssrc,
    };
    const uint8_t *head = media->video ? heads[media->first ? media->key : 2] : sound;
    size_t len = media->video ? WORLD_PICTURE_LEN : WORLD_SOUND_LEN;
    rtp_write_header(packet, &header);
    memcpy(packet + RTP_HEADER_LEN, head, 2);
    fill(packet + RTP_HEADER_LEN, len - RTP_HEADER_LEN, media->tag, media->number);
    return len;
}

static void send_packet(struct person *person, struct world_media *media)
{
    uint8_t packet[WORLD_PICTURE_LEN];
    bool video = media->video;
    media->seq = video ? person->video_seq++ : person->audio_seq++;
    media->number = video ? person->video_sent++ : person->audio_sent++;
    media->ts = person->audio_sent * (video ? 3000 : 960);
    media->tag = person->tag;
    media->ssrc = video ? rtc_client_video_ssrc(person->client)
                        : rtc_client_audio_ssrc(person->client);
    (void)rtc_client_send_rtp(person->client, packet, world_write(packet, media), RTP_HEADER_LEN);
}

void person_send(struct person *person, unsigned packets, bool key)
{
    for (unsigned i = 0; i < packets; i++) {
        struct world_media media = {
            .video = true, .key = key, .first = i == 0, .last = i + 1 == packets};
        send_packet(person, &media);
    }
    send_packet(person, &(struct world_media){.video = false});
}

// The sender report that ties a stream's timestamps to the wall clock.
static void write_report(struct writer *w, uint32_t ssrc, uint32_t rtp_ts, int64_t now_us)
{
    struct rtcp_sr sr = {
        .ssrc = ssrc,
        .ntp = (uint64_t)(now_us / 1000000) << 32 | (uint64_t)(now_us % 1000000) * 4294,
        .rtp_ts = rtp_ts,
    };
    assert_int_equal(rtcp_write_sr(w, &sr, NULL, 0), 0);
}

static void send_reports(struct person *person, int64_t now_us)
{
    uint8_t data[128];
    struct writer w = writer_of(data, sizeof(data));
    write_report(&w, rtc_client_audio_ssrc(person->client), person->audio_sent * 960, now_us);
    write_report(&w, rtc_client_video_ssrc(person->client), person->audio_sent * 3000, now_us);
    (void)rtc_client_send_rtcp(person->client, data, w.len);
}

void person_send_nack(struct person *person, uint16_t seq)
{
    uint8_t data[64];
    struct writer w = writer_of(data, sizeof(data));
    rtcp_write_rr(&w, 1, NULL, 0);
    rtcp_write_nack(&w, 1, rtc_client_video_ssrc(person->client), &seq, 1);
    assert_int_equal(rtc_client_send_rtcp(person->client, data, w.len), 0);
}

void person_send_pli(struct person *person)
{
    uint8_t data[64];
    struct writer w = writer_of(data, sizeof(data));
    rtcp_write_rr(&w, 1, NULL, 0);
    rtcp_write_pli(&w, 1, rtc_client_video_ssrc(person->client));
    assert_int_equal(rtc_client_send_rtcp(person->client, data, w.len), 0);
}

bool world_talk(struct world *world, struct person *speaker,
                bool (*done)(struct world *world, void *arg), void *arg)
{
    int64_t limit = clock_us() + PATIENCE_US, next_us = 0;
    unsigned plis = speaker->plis;
    while (!done(world, arg)) {
        int64_t now_us = clock_us();
        if (now_us > limit)
            return false;
        if (now_us >= next_us) {
            bool key = !speaker->video_sent || speaker->plis != plis;
            plis = speaker->plis;
            person_send(speaker, 3, key);
            if (speaker->audio_sent % REPORT_FRAMES == 1)
                send_reports(speaker, now_us);
            next_us = now_us + FRAME_US;
        }
        world_step(world);
    }
    return true;
}
