#include "signaling/recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/clock.h"
#include "gateway/base/list.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/control_inside.h"
#include "signaling/leftover.h"
#include "signaling/recording_key.h"
#include "signaling/setup.h"

#define TIME_MAX 32

struct recordings {
    struct control *control;
    char *dir;         // absolute
    struct list takes; // take.link
    size_t takes_count;
    unsigned ports; // opened so far: no port has the id of one that is not quite gone
    bool full_told, stopping;
    struct leftovers *leftovers;
};

// One publication with one codec.
struct take {
    struct list link;
    struct recordings *recordings;
    struct pipeline *pipeline;
    char publication[ROOMS_ID_MAX], room[ROOMS_NAME_MAX];
    char id[RECORDING_ID_MAX]; // of a consultation's; "": in clear
    bool ending;               // completes its file; the publication may have another take by now
};

// --- what the pipeline tells -------------------------------------------------------------------

static void opened(void *arg, int rtp_fd)
{
    struct take *take = arg;
    struct recordings *recordings = take->recordings;
    char port[ROOMS_ID_MAX];
    snprintf(port, sizeof(port), "recording-%u", ++recordings->ports);
    int err = rooms_port_record(recordings->control->rooms, port, take->publication, rtp_fd);
    if (err && !take->ending)
        log_error("recording", "publication %s of room %s cannot be recorded: %s",
                  take->publication, take->room, strerror(err));
}

static void recording(void *arg, const char *file)
{
    (void)arg;
    log_info("recording", "%s begins", file);
}

static void failed(void *arg, const char *reason, int64_t restart_in_ms)
{
    const struct take *take = arg;
    (void)restart_in_ms; // the supervisor has told it
    log_warn("recording", "publication %s of room %s: %s", take->publication, take->room, reason);
}

static void done(void *arg, const char *file, int64_t duration_ms)
{
    (void)arg;
    log_info("recording", "%s is complete, %lld ms", file, (long long)duration_ms);
}

static void closed(void *arg)
{
    struct take *take = arg;
    if (*take->id)
        recording_ended(take->recordings->control, take->id);
    take->recordings->takes_count--;
    take->recordings->full_told = false;
    list_remove(&take->link);
    mem_free(take);
}

static const struct pipeline_handlers handlers = {
    .opened = opened, .recording = recording, .failed = failed, .done = done, .closed = closed};

// --- takes -------------------------------------------------------------------------------------

static struct take *take_of(const struct recordings *recordings, const char *publication)
{
    struct list *link, *next;
    list_each(link, next, &recordings->takes)
    {
        struct take *take = container_of(link, struct take, link);
        if (!take->ending && strcmp(take->publication, publication) == 0)
            return take;
    }
    return NULL;
}

static void take_end(struct take *take)
{
    if (take->ending)
        return;
    take->ending = true;
    pipeline_stop(take->pipeline);
}

// "20260131T235959.123Z": as precise as needed for two takes of one publication.
static void time_text(char text[TIME_MAX])
{
    int64_t now_ms = clock_wall_ms();
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    size_t len = strftime(text, TIME_MAX, "%Y%m%dT%H%M%S", gmtime_r(&seconds, &utc));
    snprintf(text + len, TIME_MAX - len, ".%03dZ", (int)(now_ms % 1000));
}

// A consultation's recording gets its key; others have none.
static int take_key(struct take *take, const struct rooms_publication *publication,
                    const char *name, char key[RECORDING_KEY_TEXT])
{
    struct recordings *recordings = take->recordings;
    *key = 0;
    if (!control_is_consultation(publication->room))
        return 0;
    int err = setup_directory(recordings->dir);
    if (!err)
        err = recording_begun(recordings->control, name, publication, key);
    if (!err)
        text_copy(take->id, sizeof(take->id), name);
    return err;
}

static int take_start(struct recordings *recordings, const struct rooms_publication *publication,
                      const char *video)
{
    char at[TIME_MAX], name[RECORDING_ID_MAX], key[RECORDING_KEY_TEXT];
    time_text(at);
    snprintf(name, sizeof(name), "%s-%s-%s", publication->room, publication->id, at);
    char *file = mem_printf("%s/%s.mkv", recordings->dir, name);
    struct take *take = mem_zalloc(sizeof(*take));
    int err = file && take ? 0 : ENOMEM;
    if (err)
        goto out;
    take->recordings = recordings;
    text_copy(take->publication, sizeof(take->publication), publication->id);
    text_copy(take->room, sizeof(take->room), publication->room);
    err = take_key(take, publication, name, key);
    if (err)
        goto out;
    const struct pipeline_spec spec = {.kind = "record",
                                       .file = file,
                                       .video = video,
                                       .audio = publication->audio ? "OPUS" : "",
                                       .key = key};
    err = pipeline_start(&take->pipeline, recordings->control->supervisor, &spec, &handlers, take);
    if (err)
        goto out;
    list_append(&recordings->takes, &take->link);
    recordings->takes_count++;
out:
    explicit_bzero(key, sizeof(key));
    mem_free(file);
    if (err)
        mem_free(take);
    return err;
}

static bool has_place(struct recordings *recordings)
{
    if (recordings->takes_count < RECORDINGS_MAX)
        return true;
    if (!recordings->full_told)
        log_error("recording", "%d publications are recorded already: others are not",
                  RECORDINGS_MAX);
    recordings->full_told = true;
    return false;
}

static bool is_chosen(const struct recordings *recordings, const char *room)
{
    const struct control *control = recordings->control;
    if (recordings->stopping)
        return false;
    if (control_is_consultation(room))
        return consult_recording(control->consult, room) == CONSULT_RECORDING_RUNNING;
    return text_glob(control->config.recording_rooms, room);
}

void recordings_added(struct recordings *recordings, const struct rooms_publication *publication)
{
    struct take *before = take_of(recordings, publication->id);
    const char *video = publication->video_codec;
    if (before)
        take_end(before);
    if (!is_chosen(recordings, publication->room) || !has_place(recordings))
        return;
    if (strcmp(video, "AV1") == 0) {
        log_warn("recording", "room %s: a picture in AV1 cannot be recorded", publication->room);
        video = "";
    }
    if (!*video && !publication->audio)
        return;
    int err = take_start(recordings, publication, video);
    if (err)
        log_error("recording", "publication %s of room %s is not recorded: %s", publication->id,
                  publication->room, strerror(err));
}

void recordings_removed(struct recordings *recordings, const struct rooms_publication *publication)
{
    struct take *take = take_of(recordings, publication->id);
    if (take)
        take_end(take);
}

static void begin_one(void *arg, const struct rooms_publication *publication)
{
    if (!take_of(arg, publication->id))
        recordings_added(arg, publication);
}

void recordings_begin_room(struct recordings *recordings, const char *room)
{
    rooms_publications(recordings->control->rooms, room, begin_one, recordings);
}

void recordings_end_room(struct recordings *recordings, const char *room)
{
    struct list *link, *next;
    list_each(link, next, &recordings->takes)
    {
        struct take *take = container_of(link, struct take, link);
        if (strcmp(take->room, room) == 0)
            take_end(take);
    }
}

void recordings_stop(struct recordings *recordings)
{
    struct list *link, *next;
    recordings->stopping = true;
    list_each(link, next, &recordings->takes) take_end(container_of(link, struct take, link));
    leftovers_stop(recordings->leftovers);
}

bool recordings_has(const struct recordings *recordings, const char *publication)
{
    return take_of(recordings, publication) != NULL;
}

size_t recordings_count(const struct recordings *recordings)
{
    const struct list *link, *next;
    size_t count = 0;
    list_each(link, next, &recordings->takes)
    {
        count += !container_of(link, const struct take, link)->ending;
    }
    return count;
}

// --- life --------------------------------------------------------------------------------------

// Pipelines want absolute names.
static int find_directory(struct recordings *recordings)
{
    const struct control_config *config = &recordings->control->config;
    char *data_dir = realpath(config->data_dir, NULL);
    if (!data_dir)
        return errno;
    recordings->dir = mem_printf("%s/recordings", data_dir);
    free(data_dir);
    if (!recordings->dir)
        return ENOMEM;
    return *config->recording_rooms ? setup_directory(recordings->dir) : 0;
}

int recordings_alloc(struct recordings **recordingsp, struct control *control)
{
    struct recordings *recordings = mem_zalloc(sizeof(*recordings));
    if (!recordings)
        return ENOMEM;
    recordings->control = control;
    list_init(&recordings->takes);
    int err = find_directory(recordings);
    if (!err)
        err = leftovers_alloc(&recordings->leftovers, control->supervisor, recordings->dir);
    if (err) {
        log_error("recording", "data_dir: %s: %s",
                  recordings->dir ? recordings->dir : control->config.data_dir, strerror(err));
        recordings_free(recordings);
        return err;
    }
    *recordingsp = recordings;
    return 0;
}

void recordings_free(struct recordings *recordings)
{
    struct list *link, *next;
    if (!recordings)
        return;
    list_each(link, next, &recordings->takes) mem_free(container_of(link, struct take, link));
    leftovers_free(recordings->leftovers);
    mem_free(recordings->dir);
    mem_free(recordings);
}
