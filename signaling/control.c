#include "signaling/control.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/auth/secret.h"
#include "signaling/auth/turn.h"
#include "signaling/control_inside.h"
#include "signaling/link.h"
#include "signaling/papers.h"
#include "signaling/purge.h"
#include "signaling/records.h"
#include "signaling/reminder.h"
#include "signaling/setup.h"
#include "signaling/viewing.h"

// The composition of everything that is not media: what is started, in which order, and stopped in
// the reverse one.

#define OWN_TURN_S   (24 * 3600) // coturn asks again with every refresh: the longest session
#define STOP_WAIT_US (10 * 1000000LL)
#define STOP_LOOK_US 20000 // how often the rest is counted meanwhile

static void stop_when_complete(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct control *control = arg;
    size_t pipelines = supervisor_count(control->supervisor);
    size_t rest = pipelines + links_busy(control->links);
    if (rest && now_us < control->stop_by_us &&
        loop_timer_start(control->loop, timer, now_us + STOP_LOOK_US, stop_when_complete,
                         control) == 0)
        return;
    if (pipelines)
        log_warn("control", "%zu pipelines are killed; the next start completes recordings",
                 pipelines);
    control->stopping = true;
    server_stop(control->server);
}

void control_drain(struct control *control, const char *to)
{
    if (!control->draining)
        log_info("control", "draining: no new sessions");
    control->draining = true;
    api_media_reconnect(control->api, to);
}

static void terminate(struct control *control, int64_t now_us)
{
    bool second = control->stop_by_us != 0;
    control_drain(control, NULL);
    demo_free(control->demo);
    control->demo = NULL;
    recordings_stop(control->recordings);
    links_stop(control->links);
    control->stop_by_us = second ? now_us : now_us + STOP_WAIT_US;
    loop_timer_start(control->loop, &control->stop_timer, now_us, stop_when_complete, control);
}

static void signalled(void *arg, uint32_t events, int64_t now_us)
{
    struct control *control = arg;
    struct signalfd_siginfo info;
    (void)events;
    if (read(control->signal_fd, &info, sizeof(info)) != sizeof(info))
        return;
    if (info.ssi_signo == SIGHUP)
        server_reload_certificate(control->server);
    else
        terminate(control, now_us);
}

static int watch_signals(struct control *control)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    // Before any thread is made, so that all inherit the mask.
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return errno;
    signal(SIGPIPE, SIG_IGN);
    control->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (control->signal_fd < 0)
        return errno;
    return loop_fd_add(control->loop, control->signal_fd, EPOLLIN, signalled, control);
}

static int prepare_files(struct control *control)
{
    const struct control_config *config = &control->config;
    char *secret = mem_printf("%s/secret.key", config->data_dir);
    int err = secret ? setup_directory(config->data_dir) : ENOMEM;
    if (!err)
        err = secret_file(secret, control->secret, TOKEN_SECRET_LEN);
    if (err)
        log_error("control", "data_dir: %s: %s", config->data_dir, strerror(err));
    mem_free(secret);
    if (!err && *config->https_listen)
        err = setup_certificate(config->certificate, config->key);
    return err;
}

static int open_store(struct control *control)
{
    int err = store_alloc(&control->store, control->config.database_url, control->loop);
    if (!err)
        err = consult_alloc(&control->consult);
    if (!err)
        err = lectures_alloc(&control->lectures);
    control->consult_effects = mem_zalloc(sizeof(*control->consult_effects));
    control->lecture_effects = mem_zalloc(sizeof(*control->lecture_effects));
    if (!err && (!control->consult_effects || !control->lecture_effects))
        err = ENOMEM;
    if (!err)
        err = demo_seed(control);
    if (!err)
        err = records_prepare(control);
    if (!err)
        err = store_seal_rows(control->store, control->record_key);
    if (!err)
        err = store_load_all(control->store, control->consult, control->lectures,
                             &control->last_event);
    if (err)
        log_error("control", "database.url: %s: %s", control->config.database_url, strerror(err));
    return err;
}

// For the gateway's own TURN server; on the agent thread.
static int turn_credential(void *arg, const char *session, char *user, char *password)
{
    struct turn_credential credential;
    int64_t expires_at_s = clock_wall_ms() / 1000 + OWN_TURN_S;
    int err = turn_credential_make(arg, session, expires_at_s, &credential);
    if (err)
        return err;
    text_copy(user, ROOMS_CREDENTIAL_MAX, credential.user);
    text_copy(password, ROOMS_CREDENTIAL_MAX, credential.password);
    return 0;
}

static int open_rooms(struct control *control)
{
    struct rooms_config config = control->config.rooms;
    if (*control->config.turn_secret) {
        config.credential = turn_credential;
        config.credential_arg = (void *)(uintptr_t)control->config.turn_secret;
    }
    int err = rooms_alloc(&control->rooms, &config, &control_rooms_handlers, control,
                          control->loop);
    if (err)
        log_error("control", "media.port: %u: %s", control->config.rooms.port, strerror(err));
    return err;
}

static int open_media(struct control *control)
{
    int err = open_rooms(control);
    if (!err)
        err = supervisor_alloc(&control->supervisor, control->loop,
                               control->config.pipeline_program);
    if (!err)
        err = recordings_alloc(&control->recordings, control);
    if (!err)
        err = viewings_alloc(&control->viewings, control);
    if (!err)
        err = links_alloc(&control->links, control);
    if (!err)
        err = purges_alloc(&control->purges, control);
    return err;
}

static int open_server(struct control *control)
{
    char own_dir[1024 + sizeof("/own")]; // data_dir has at most 1024 bytes
    const struct control_config *config = &control->config;
    const struct api_config api = {.secret = control->secret,
                                   .web_dir = config->web_dir,
                                   .media_rate = config->media_rate,
                                   .ice_servers = config->ice_servers,
                                   .turn_secret = config->turn_secret,
                                   .media = &control_media,
                                   .people = &control_people,
                                   .links = &control_links,
                                   .records = &control_records,
                                   .papers = &control_papers,
                                   .ops_arg = control,
                                   .loop = control->loop};
    const struct server_config server = {.http_listen = config->http_listen,
                                         .https_listen = config->https_listen,
                                         .certificate_file = config->certificate,
                                         .key_file = config->key,
                                         .static_dir = config->web_dir,
                                         .own_dir = own_dir,
                                         .per_address_max = config->per_address};
    snprintf(own_dir, sizeof(own_dir), "%s/own", config->data_dir);
    int err = api_alloc(&control->api, &api);
    if (!err)
        err = server_alloc(&control->server, &server, &api_handlers, control->api, control->loop);
    if (!err)
        err = admin_alloc(&control->admin, control->loop, config->admin_socket, control_commands,
                          control_commands_count, control);
    return err;
}

// A mistake in a table must not keep the clinic closed: its pages warn that the table is missing.
static void read_tables(struct control *control)
{
    if (control_read_tables(control) == 0 && !control->calendar.count)
        log_warn("clinic", "holidays_dir: %s: no holidays are known", control->config.holidays_dir);
}

static int open_parts(struct control *control)
{
    int err = loop_alloc(&control->loop);
    if (!err)
        err = watch_signals(control);
    if (!err)
        err = prepare_files(control);
    if (!err)
        err = open_store(control);
    if (!err)
        err = store_start(control->store);
    if (!err)
        err = work_alloc(&control->work, control->loop, 2);
    if (!err)
        err = open_media(control);
    return err ? err : open_server(control);
}

// Where it stopped the last time.
static int go_on(struct control *control)
{
    int err = 0;
    read_tables(control);
    carry_resume(control);
    reminders_renew(control);
    if (*control->config.links_file)
        err = links_load(control, control->config.links_file);
    if (err)
        return err;
    links_resume(control);
    return demo_start(control);
}

int control_alloc(struct control **controlp, const struct control_config *config)
{
    struct control *control = mem_zalloc(sizeof(*control));
    if (!control)
        return ENOMEM;
    control->config = *config;
    control->signal_fd = -1;
    control->started_us = clock_us();
    int err = open_parts(control);
    if (!err)
        err = go_on(control);
    if (err)
        control_free(control);
    else
        *controlp = control;
    return err;
}

void control_run(struct control *control)
{
    log_info("control", "banyan %s serves: https %u, http %u, media %u", BANYAN_VERSION,
             server_https_port(control->server), server_http_port(control->server),
             rooms_port(control->rooms));
    server_run(control->server);
    log_info("control", "stopped");
}

void control_free(struct control *control)
{
    if (!control)
        return;
    control->stopping = true; // what connections do while they end is not recorded as people's wish
    admin_free(control->admin);
    server_free(control->server);
    work_drain(control->work); // who asked is answered, though nobody hears it
    store_drain(control->store);
    purges_free(control->purges);
    json_decref(control->glass.result);
    demo_free(control->demo);
    supervisor_free(control->supervisor);
    rooms_free(control->rooms);
    recordings_free(control->recordings);
    viewings_free(control->viewings);
    links_free(control->links);
    work_free(control->work);
    store_free(control->store);
    api_free(control->api);
    if (control->loop) {
        loop_timer_stop(control->loop, &control->consult_timer);
        loop_timer_stop(control->loop, &control->lecture_timer);
        loop_timer_stop(control->loop, &control->stop_timer);
        loop_timer_stop(control->loop, &control->reload_timer);
    }
    mem_free(control->lecture_effects);
    mem_free(control->consult_effects);
    lectures_free(control->lectures);
    consult_free(control->consult);
    if (control->signal_fd >= 0)
        close(control->signal_fd);
    loop_free(control->loop);
    mem_free(control);
}
