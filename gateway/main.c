// The gateway: reads the options, puts the three parts together, starts them, stops them in
// reverse.

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/options.h"
#include "gateway/base/text.h"
#include "gateway/peer/scratch.h"
#include "gateway/rooms/rooms.h"
#include "signaling/control.h"

#define DESCRIPTORS 65536

struct arguments {
    const char *config;
    bool check, print;
};

static const char usage[] =
    "usage: banyan [--config FILE] [--check-config | --print-config | --version]\n";

// -1 to go on, else the exit code.
static int parse(int argc, char **argv, struct arguments *arguments)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
            arguments->config = argv[++i];
        } else if (strcmp(argv[i], "--check-config") == 0) {
            arguments->check = true;
        } else if (strcmp(argv[i], "--print-config") == 0) {
            arguments->print = true;
        } else if (strcmp(argv[i], "--version") == 0) {
            puts("banyan " BANYAN_VERSION);
            return 0;
        } else if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        } else {
            fprintf(stderr, "banyan: unknown argument %s\n%s", argv[i], usage);
            return 2;
        }
    }
    return -1;
}

// banyan-pipeline lies beside the gateway unless the option says otherwise.
static int find_pipeline(struct options *options)
{
    char path[4096] = "";
    if (*options->pipeline_program)
        return 0;
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
    char *program = len > 0 ? mem_printf("%s/banyan-pipeline", dirname(path)) : NULL;
    if (!program)
        return ENOMEM;
    mem_free(options->pipeline_program);
    options->pipeline_program = program;
    return 0;
}

// Cuts the list of advertised addresses at its commas, in place.
static void split_addresses(char *list, struct rooms_config *rooms)
{
    size_t count = 0;
    char *rest = list;
    for (char *word; (word = strsep(&rest, ", ")) && count < ROOMS_ADDRESSES_MAX;)
        if (*word)
            rooms->advertise[count++] = word;
}

// Borrows from the options, whose list of addresses is cut up.
static struct rooms_config rooms_config_of(struct options *options)
{
    struct rooms_config config = {
        .shards = (unsigned)options->media_shards,
        .port = (uint16_t)options->media_port,
        .sessions_max = (unsigned)options->media_sessions_max,
        .full_ice = strcmp(options->media_ice, "full") == 0,
        .stun = options->media_stun,
        .turn = options->media_turn,
        .listen = {*options->media_listen4 ? options->media_listen4 : NULL,
                   *options->media_listen6 ? options->media_listen6 : NULL},
    };
    split_addresses(options->media_address, &config);
    return config;
}

static struct control_config control_config_of(struct options *options)
{
    return (struct control_config){
        .http_listen = options->http_listen,
        .https_listen = options->https_listen,
        .certificate = options->https_certificate,
        .key = options->https_key,
        .web_dir = options->web_dir,
        .holidays_dir = options->holidays_dir,
        .limitations_file = options->limitations_file,
        .data_dir = options->data_dir,
        .database_url = options->database_url,
        .admin_socket = options->admin_socket,
        .pipeline_program = options->pipeline_program,
        .ice_servers = options->ice_servers,
        .turn_secret = options->turn_secret,
        .demo_lecture = options->demo_lecture,
        .recording_rooms = options->recording_rooms,
        .links_file = options->links_file,
        .record_key_file = options->record_key_file,
        .wait_offer_ms = options->clinic_wait_offer_s * 1000,
        .appointment_lead_ms = options->clinic_appointment_lead_s * 1000,
        .hold_ms = options->clinic_hold_s * 1000,
        .retention_days = {[STORE_CLASS_RECORDS] = options->retention_records,
                           [STORE_CLASS_PAPERS] = options->retention_records,
                           [STORE_CLASS_RECORDINGS] = options->retention_recordings,
                           [STORE_CLASS_CONSENTS] = options->retention_consents,
                           [STORE_CLASS_MESSAGES] = options->retention_messages,
                           [STORE_CLASS_APPOINTMENTS] = options->retention_messages,
                           [STORE_CLASS_QUEUE] = options->retention_queue,
                           [STORE_CLASS_GUESTS] = options->retention_queue,
                           [STORE_CLASS_PERSONS] = options->retention_persons,
                           [STORE_CLASS_TASKS] = options->retention_queue,
                           [STORE_CLASS_EVENTS] = options->retention_events},
        .demo_people = options->demo_people,
        .media_rate = (unsigned)options->limit_media_rate,
        .per_address = (unsigned)options->limit_per_address,
        .rooms = rooms_config_of(options),
    };
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        log_warn("main", "descriptor limit: %s", strerror(errno));
}

static int serve(struct options *options)
{
    enum log_level level = LOG_LEVEL_INFO;
    struct control *control = NULL;
    log_level_parse(options->log_level, &level);
    log_set_level(level);
    umask(0077); // keys, database and recordings are nobody else's
    raise_descriptor_limit();
    int err = find_pipeline(options);
    if (!err) {
        struct control_config config = control_config_of(options);
        err = control_alloc(&control, &config);
    }
    if (err) {
        log_error("main", "cannot start: %s", strerror(err));
        return 1;
    }
    control_run(control);
    control_free(control);
    return 0;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct options options;
    struct option_error error;
    (void)scratch_install(); // false: sessions are larger
    int code = parse(argc, argv, &arguments);
    if (code >= 0)
        return code;
    if (options_read(&options, arguments.config, &error) != 0) {
        fprintf(stderr, "banyan: %s\n", error.text);
        return 2;
    }
    code = 0;
    if (arguments.print)
        option_print(options_table, options_count, &options, stdout);
    else if (!arguments.check)
        code = serve(&options);
    options_release(&options);
    return code;
}
