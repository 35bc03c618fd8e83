#include "tests/flow/pipelines_world.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/packet/rtcp.h"
#include "gateway/packet/rtp.h"
#include "gateway/packet/vp8.h"
#include "gateway/rooms/port.h"

static void on_opened(void *arg, int rtp_fd)
{
    struct end *end = arg;

    if (end->rtp_fd >= 0)
        close(end->rtp_fd);
    end->rtp_fd = rtp_fd;
    end->opened++;
}

static void on_ready(void *arg, const struct pipeline_ready *ready)
{
    struct end *end = arg;

    end->ready++;
    snprintf(end->video, sizeof(end->video), "%s", ready->video);
}

static void on_recording(void *arg, const char *file)
{
    struct end *end = arg;

    end->recording++;
    snprintf(end->part, sizeof(end->part), "%s", file);
}

static void on_failed(void *arg, const char *reason, int64_t restart_in_ms)
{
    struct end *end = arg;

    (void)restart_in_ms;
    end->failed++;
    snprintf(end->reason, sizeof(end->reason), "%s", reason);
}

static void on_done(void *arg, const char *file, int64_t duration_ms)
{
    struct end *end = arg;

    if (end->done < 2) {
        snprintf(end->file[end->done], sizeof(end->file[0]), "%s", file);
        end->duration_ms[end->done] = duration_ms;
    }
    end->done++;
}

static void on_closed(void *arg)
{
    struct end *end = arg;

    end->closed++;
    end->pipeline = NULL;
}

static const struct pipeline_handlers handlers = {
    .opened = on_opened,
    .ready = on_ready,
    .recording = on_recording,
    .failed = on_failed,
    .done = on_done,
    .closed = on_closed,
};

static void note_video(struct track *track, const struct rtp_header *header, int64_t now_us)
{
    struct vp8_header vp8;

    if (vp8_parse(&vp8, header->payload, header->payload_len) || !vp8.starts || !vp8.key)
        return;
    track->keyframes++;
    track->keyframe_us = now_us;
}

static void note_rtp(struct track *track, const struct rtp_header *header, int64_t now_us)
{
    if (track->packets == 0) {
        track->first_us = now_us;
        track->first_ts = header->ts;
    } else {
        track->gaps += header->seq != (uint16_t)(track->seq + 1);
        track->back |= (int32_t)(header->ts - track->ts) < 0;
        int64_t stall_us = now_us - track->last_us;
        track->stall_us = stall_us > track->stall_us ? stall_us : track->stall_us;
    }
    track->packets++;
    track->sizes_over += header->payload_len > 1200;
    track->seq = header->seq;
    track->ts = header->ts;
    track->ssrc = header->ssrc;
    track->last_us = now_us;
}

static void note_rtcp(struct end *end, const uint8_t *packet, size_t len)
{
    struct rtcp_iter it = rtcp_iter_of(packet, len);
    struct rtcp_packet part;
    struct rtcp_sr sr;

    while (rtcp_next(&it, &part) == 0) {
        end->pli += rtcp_kind(&part) == RTCP_KIND_PLI;
        end->nack += rtcp_kind(&part) == RTCP_KIND_NACK;
        if (rtcp_parse_sr(&part, &sr))
            continue;
        bool video = sr.ssrc == end->video_track.ssrc;
        struct track *track = video ? &end->video_track : &end->audio_track;
        track->reports++;
        track->report_ntp = sr.ntp;
        track->report_ts = sr.rtp_ts;
    }
}

static void note(struct end *end, const uint8_t *packet, size_t len, int64_t now_us)
{
    struct rtp_header header;

    if (packet[1] >= 192 && packet[1] <= 223) {
        note_rtcp(end, packet, len);
        return;
    }
    assert_int_equal(rtp_parse(&header, packet, len), 0);
    assert_true(header.pt == PORT_PT_VIDEO || header.pt == PORT_PT_AUDIO);
    bool video = header.pt == PORT_PT_VIDEO;
    note_rtp(video ? &end->video_track : &end->audio_track, &header, now_us);
    if (video)
        note_video(&end->video_track, &header, now_us);
    if (end->to && end->to->rtp_fd >= 0 && !(video && end->no_video))
        (void)send(end->to->rtp_fd, packet, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void take_packets(struct end *end)
{
    uint8_t packet[PORT_PACKET_MAX];
    ssize_t len;

    while (end->rtp_fd >= 0 && (len = recv(end->rtp_fd, packet, sizeof(packet), MSG_DONTWAIT)) > 0)
        note(end, packet, (size_t)len, clock_us());
}

void world_step(struct world *world)
{
    struct pollfd fds[] = {{.fd = world->play.rtp_fd, .events = POLLIN},
                           {.fd = world->record.rtp_fd, .events = POLLIN},
                           {.fd = loop_fd(world->loop), .events = POLLIN}};

    poll(fds, 3, 10);
    loop_step(world->loop, 0);
    take_packets(&world->play);
    take_packets(&world->record);
}

void world_run_for(struct world *world, int64_t us)
{
    for (int64_t end = clock_us() + us; clock_us() < end;)
        world_step(world);
}

void world_run_until(struct world *world, const int *count, int least)
{
    for (int64_t end = clock_us() + 20 * WORLD_SECOND; *count < least && clock_us() < end;)
        world_step(world);
    assert_true(*count >= least);
}

void world_run_until_packets(struct world *world, const struct track *track, unsigned least)
{
    for (int64_t end = clock_us() + 20 * WORLD_SECOND; track->packets < least && clock_us() < end;)
        world_step(world);
    assert_true(track->packets >= least);
}

void world_open(struct world *world, const char *program)
{
    *world = (struct world){.play.rtp_fd = -1, .record.rtp_fd = -1};
    assert_int_equal(loop_alloc(&world->loop), 0);
    assert_int_equal(supervisor_alloc(&world->sup, world->loop, program), 0);
}

void world_close(struct world *world)
{
    supervisor_free(world->sup);
    loop_free(world->loop);
    if (world->play.rtp_fd >= 0)
        close(world->play.rtp_fd);
    if (world->record.rtp_fd >= 0)
        close(world->record.rtp_fd);
}

void world_start(struct world *world, struct end *end, const struct pipeline_spec *spec)
{
    assert_int_equal(pipeline_start(&end->pipeline, world->sup, spec, &handlers, end), 0);
}

void world_play(struct world *world, const char *file, const char *video)
{
    struct pipeline_spec spec = {.kind = "play", .file = file, .video = video, .loop = true};

    world_start(world, &world->play, &spec);
    world_run_until(world, &world->play.ready, 1);
}

void world_record(struct world *world, const char *file, const char *video)
{
    struct pipeline_spec spec = {.kind = "record", .file = file, .video = video, .audio = "OPUS"};

    world_start(world, &world->record, &spec);
    world_run_until(world, &world->record.recording, 1);
    world->play.to = &world->record;
}

void world_stop(struct world *world, struct end *end)
{
    pipeline_stop(end->pipeline);
    world_run_until(world, &end->closed, 1);
}

// The number that ffprobe prints for `entry`, -1 when it prints none.
double media_probe(const char *file, const char *options)
{
    char command[512], text[64] = "";

    snprintf(command, sizeof(command), "ffprobe -v error %s -of csv=p=0 '%s'", options, file);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    bool some = fgets(text, sizeof(text), out) != NULL;
    pclose(out);
    return some && text[0] >= '0' && text[0] <= '9' ? atof(text) : -1;
}

double media_frames(const char *file, char kind)
{
    char options[128];

    snprintf(options, sizeof(options),
             "-select_streams %c -count_packets -show_entries stream=nb_read_packets", kind);
    return media_probe(file, options);
}

bool media_decodes(const char *file)
{
    char command[512];

    snprintf(command, sizeof(command), "timeout 20 ffmpeg -v error -xerror -i '%s' -f null -",
             file);
    return system(command) == 0;
}
