#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/auth/secret.h"
#include "signaling/control_inside.h"
#include "signaling/store/seed.h"

// A clinic and a lecture to look at, for `make run`: people with fresh sign-ins, written to
// DATA_DIR/demo.json for whoever starts it, and a lecture played from a file.

#define DEMO_ROOM "lecture-demo"
#define DEMO_PORT "demo-hall"

struct demo {
    struct control *control;
    struct pipeline *pipeline;
    int rtp_fd; // the room's end until the codecs are known, else -1
};

struct sign_ins {
    char password[4][13]; // two lawyers, the hall, and staff
    char code[SECRET_CODE_MAX];
    char link[SECRET_TEXT_MAX];
};

static int write_sign_ins(const struct control *control, const struct sign_ins *made)
{
    char *path = mem_printf("%s/demo.json", control->config.data_dir);
    json_t *json = json_pack(
        "{s:[{s:s,s:s},{s:s,s:s}], s:{s:s,s:s}, s:{s:[s,s,s,s],s:s}, s:s, s:s}", "lawyers", "name",
        "liu", "password", made->password[0], "name", "chen", "password", made->password[1], "hall",
        "name", "hall", "password", made->password[2], "staff", "names", "desk", "sysadmin",
        "secadmin", "auditor", "password", made->password[3], "booth_code", made->code, "link",
        made->link);
    int err = path && json && json_dump_file(json, path, JSON_INDENT(2)) == 0 ? 0 : EIO;
    json_decref(json);
    mem_free(path);
    return err;
}

// The same after a restart, so that what was printed at the first start stays true.
static bool read_sign_ins(const struct control *control, struct sign_ins *kept)
{
    const char *lawyer1, *lawyer2, *hall, *staff = NULL, *code, *link;
    char *path = mem_printf("%s/demo.json", control->config.data_dir);
    json_t *json = path ? json_load_file(path, 0, NULL) : NULL;
    bool whole = json &&
                 json_unpack(json, "{s:[{s:s},{s:s}], s:{s:s}, s?{s:s}, s:s, s:s}", "lawyers",
                             "password", &lawyer1, "password", &lawyer2, "hall", "password", &hall,
                             "staff", "password", &staff, "booth_code", &code, "link", &link) == 0;
    whole = whole && text_copy(kept->password[0], sizeof(kept->password[0]), lawyer1) &&
            text_copy(kept->password[1], sizeof(kept->password[1]), lawyer2) &&
            text_copy(kept->password[2], sizeof(kept->password[2]), hall) &&
            text_copy(kept->code, sizeof(kept->code), code) &&
            text_copy(kept->link, sizeof(kept->link), link);
    if (!whole || !staff || !text_copy(kept->password[3], sizeof(kept->password[3]), staff))
        random_text(kept->password[3], 12); // of before there was staff
    json_decref(json);
    mem_free(path);
    return whole;
}

static void make_sign_ins(struct sign_ins *made)
{
    for (size_t i = 0; i < 4; i++)
        random_text(made->password[i], 12);
    secret_code(made->code);
    secret_link(made->link);
}

int demo_seed(struct control *control)
{
    struct sign_ins people = {0};
    if (!control->config.demo_people)
        return 0;
    if (!read_sign_ins(control, &people))
        make_sign_ins(&people);
    const struct store_seed seed = {.lawyer_name = {"liu", "chen"},
                                    .lawyer_password = {people.password[0], people.password[1]},
                                    .hall_name = "hall",
                                    .hall_password = people.password[2],
                                    .staff_password = people.password[3],
                                    .enrol_code = people.code,
                                    .link = people.link,
                                    .now_ms = clock_wall_ms()};
    int err = store_seed_demo(control->store, &seed);
    if (!err)
        err = write_sign_ins(control, &people);
    if (err)
        log_error("demo", "the demo people could not be made: %s", strerror(err));
    return err;
}

// --- the lecture -------------------------------------------------------------------------------

static void opened(void *arg, int rtp_fd)
{
    struct demo *demo = arg;
    if (demo->rtp_fd >= 0)
        close(demo->rtp_fd);
    demo->rtp_fd = rtp_fd;
}

static const char *or_null(const char *codec)
{
    return *codec ? codec : NULL;
}

static void ready(void *arg, const struct pipeline_ready *ready)
{
    struct demo *demo = arg;
    const struct rooms_port_source port = {.id = DEMO_PORT,
                                           .room = DEMO_ROOM,
                                           .participant = DEMO_PORT,
                                           .source = ROOMS_HALL,
                                           .audio_codec = or_null(ready->audio),
                                           .video_codec = or_null(ready->video),
                                           .fd = demo->rtp_fd};
    demo->rtp_fd = -1;
    int err = rooms_port_publish(demo->control->rooms, &port);
    if (err)
        log_error("demo", "the lecture cannot be shown: %s", strerror(err));
}

static void failed(void *arg, const char *reason, int64_t restart_in_ms)
{
    (void)arg;
    log_warn("demo", "the lecture's player stopped: %s; again in %lld ms", reason,
             (long long)restart_in_ms);
}

static void closed(void *arg)
{
    struct demo *demo = arg;
    demo->pipeline = NULL;
}

static const struct pipeline_handlers player_handlers = {
    .opened = opened, .ready = ready, .failed = failed, .closed = closed};

int demo_start(struct control *control)
{
    char file[4096];
    if (!*control->config.demo_lecture)
        return 0;
    if (!realpath(control->config.demo_lecture, file)) {
        log_error("demo", "demo.lecture: %s: %s", control->config.demo_lecture, strerror(errno));
        return errno;
    }
    struct demo *demo = mem_zalloc(sizeof(*demo));
    if (!demo)
        return ENOMEM;
    demo->control = control;
    demo->rtp_fd = -1;
    const struct pipeline_spec spec = {.kind = "play", .file = file, .video = "VP8", .loop = true};
    int err = pipeline_start(&demo->pipeline, control->supervisor, &spec, &player_handlers, demo);
    if (err)
        demo_free(demo);
    else
        control->demo = demo;
    return err;
}

void demo_free(struct demo *demo)
{
    if (!demo)
        return;
    if (demo->pipeline)
        pipeline_drop(demo->pipeline);
    if (demo->rtp_fd >= 0)
        close(demo->rtp_fd);
    mem_free(demo);
}
