#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/floor.h"
#include "tests/load/forward.h"
#include "tests/load/relay_floor.h"
#include "tests/load/run.h"
#include "tests/load/traffic.h"

// banyan-load: drives a media server, or finds the machine's floor. See usage below.

#define VIEWERS_MAX 10000
#define SECONDS_MAX 120 // a floor's packet numbers do not wrap

static const char usage[] =
    "banyan-load publish-watch [--url http://HOST:PORT --room ROOM --publish-token T "
    "--watch-token T]\n"
    "            [--rooms N] [--sampled N] [--spread] [--counted] [--join-rate N] [--server-pid "
    "PID]\n"
    "            [common]\n"
    "    A publisher a room and viewers; measured once all watch. --spread: frames as a browser's\n"
    "    pacer sends them; --counted: viewers with transport-wide feedback; --join-rate: so many\n"
    "    more come and go each second. Without --url the offers are written as JSON lines to\n"
    "    standard output and answers are read from standard input.\n"
    "banyan-load floor [--segments] [common]\n"
    "    AES-128-GCM and sendmmsg (or UDP_SEGMENT) of the same traffic in a bare loop.\n"
    "banyan-load relay-floor [common]\n"
    "    As many streams as viewers come in, are decrypted and encrypted again, and leave.\n"
    "banyan-load forward [--counted] --viewers N --seconds S\n"
    "    Our own forwarding of the same traffic without a network; --counted: with transport-wide\n"
    "    numbers. For counting instructions.\n"
    "common: --viewers N --seconds S --kbit N --server-core N --load-core N\n"
    "The result is one line of JSON.\n";

struct options {
    struct run_options run;
    struct floor_options floor;
    struct forward_options forward;
};

static const struct option names[] = {
    {"url", required_argument, NULL, 'u'},
    {"room", required_argument, NULL, 'r'},
    {"publish-token", required_argument, NULL, 'p'},
    {"watch-token", required_argument, NULL, 'w'},
    {"viewers", required_argument, NULL, 'v'},
    {"rooms", required_argument, NULL, 'o'},
    {"kbit", required_argument, NULL, 'k'},
    {"join-rate", required_argument, NULL, 'j'},
    {"spread", no_argument, NULL, 'd'},
    {"seconds", required_argument, NULL, 's'},
    {"sampled", required_argument, NULL, 'n'},
    {"server-pid", required_argument, NULL, 'i'},
    {"server-core", required_argument, NULL, 'c'},
    {"load-core", required_argument, NULL, 'l'},
    {"segments", no_argument, NULL, 'g'},
    {"counted", no_argument, NULL, 't'},
    {NULL, 0, NULL, 0},
};

static bool read_number(const char *text, long least, long most, long *numberp)
{
    char *end;
    *numberp = strtol(text, &end, 10);
    return *text && !*end && *numberp >= least && *numberp <= most;
}

static bool take_number(struct run_options *run, int name, const char *text)
{
    const struct {
        int name;
        unsigned *to;
    } numbers[] = {{'v', &run->viewers}, {'s', &run->seconds}, {'n', &run->sampled},
                   {'o', &run->rooms},   {'k', &run->kbit},    {'j', &run->join_rate}};
    long number = 0;
    bool right = read_number(text, 0, name == 'i' ? 1 << 22 : VIEWERS_MAX, &number);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (numbers[i].name == name)
            *numbers[i].to = (unsigned)number;
    if (name == 'i')
        run->scope.server = (pid_t)number;
    else if (name == 'c')
        run->scope.server_core = (int)number;
    else if (name == 'l')
        run->scope.load_core = (int)number;
    return right;
}

static bool take(struct options *options, int name)
{
    struct exchange *exchange = &options->run.exchange;
    if (name == 'u')
        exchange->url = optarg;
    else if (name == 'r')
        exchange->room = optarg;
    else if (name == 'p')
        exchange->publish_token = optarg;
    else if (name == 'w')
        exchange->watch_token = optarg;
    else if (name == 'g')
        options->floor.segments = true;
    else if (name == 't')
        options->run.counted = true;
    else if (name == 'd')
        options->run.spread = options->floor.spread = true;
    else
        return strchr("vsniclokj", name) && take_number(&options->run, name, optarg);
    return true;
}

static bool read_options(struct options *options, int argc, char **argv)
{
    int name;
    options->run = (struct run_options){
        .exchange.room = "bench",
        .rooms = 1,
        .viewers = 10,
        .seconds = 5,
        .kbit = TRAFFIC_KBIT,
        .sampled = 20,
        .scope = {.server_core = -1, .load_core = -1},
    };
    while ((name = getopt_long(argc, argv, "", names, NULL)) != -1)
        if (!take(options, name))
            return false;
    options->floor.scope = options->run.scope;
    options->floor.viewers = options->run.viewers;
    options->floor.seconds = options->run.seconds;
    options->floor.kbit = options->run.kbit;
    options->forward.counted = options->run.counted;
    options->forward.viewers = options->run.viewers;
    options->forward.seconds = options->run.seconds;
    return optind == argc - 1 && options->run.rooms && options->run.viewers &&
           options->run.seconds && options->run.seconds <= SECONDS_MAX &&
           options->run.kbit >= TRAFFIC_KBIT_MIN && options->run.kbit <= TRAFFIC_KBIT;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    int err = -1;
    signal(SIGPIPE, SIG_IGN);
    if (read_options(&options, argc, argv) && strcmp(argv[optind], "publish-watch") == 0)
        err = run(&options.run);
    else if (optind == argc - 1 && strcmp(argv[optind], "floor") == 0)
        err = floor_run(&options.floor);
    else if (optind == argc - 1 && strcmp(argv[optind], "relay-floor") == 0)
        err = relay_floor_run(&options.floor);
    else if (optind == argc - 1 && strcmp(argv[optind], "forward") == 0)
        err = forward_run(&options.forward);
    if (err < 0) {
        fputs(usage, stderr);
        return 2;
    }
    if (err)
        fprintf(stderr, "banyan-load: %s\n", strerror(err));
    return err ? 1 : 0;
}
