// banyanctl: the operator's client. `banyanctl [--config FILE] [--json] COMMAND [ARGUMENTS]`

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/options.h"
#include "gateway/base/text.h"
#include "signaling/admin/admin.h"
#include "signaling/admin/ctl/local.h"
#include "signaling/admin/ctl/recording.h"

#define TIMEOUT_MS    10000
#define LOOK_AGAIN_US 200000

struct arguments {
    const char *config;
    bool json;
    int at; // the command's place in argv
};

static int usage(FILE *out)
{
    fputs(
        "usage: banyanctl [--config FILE] [--json] COMMAND\n"
        "  status                       how the gateway is\n"
        "  rooms                        what is published, and how many watch\n"
        "  token --room ROOM [--publish] [--view] [--ttl SECONDS]\n"
        "                               prints one bearer token; ROOM may be a glob (r*)\n"
        "  pull --room ROOM --url URL [--token TOKEN] [--source SOURCE] [--insecure]\n"
        "                               publishes here what a remote WHEP shows\n"
        "  push --room ROOM --url URL [--token TOKEN] [--insecure]\n"
        "                               sends the room's programme to a remote WHIP\n"
        "  links                        pulls and pushes, and how they are\n"
        "  unlink --id ID               ends one of them\n"
        "  drain [--to URL]             no new sessions from now on; viewers connect again,\n"
        "                               at URL (https://other:8443) or here\n"
        "  reload                       reads the certificate again\n"
        "  purge [--dry-run]            deletes what is older than its class may be, and shows "
        "what;\n"
        "                               the gateway does it every day\n"
        "  recording --id ID --reason TEXT --to FILE\n"
        "                               breaks the glass: a consultation's sealed recording in\n"
        "                               clear, as FILE; noted in the audit log with the reason\n"
        "  account --name NAME [--role secadmin|sysadmin] [--display-name TEXT] [--another]\n"
        "                               an administrator of an empty machine, with a password\n"
        "                               that is good once; secadmin keeps the accounts, sysadmin\n"
        "                               centres and booths\n"
        "  audit verify [--head FILE]   is the audit log whole, and does it go on from the newest\n"
        "                               head in FILE? Exit code 1 at its first break\n"
        "  audit head [--sign]          number and hash of its last entry, to be kept elsewhere\n"
        "  backup DIR                   database and keys into a new folder in DIR\n"
        "  restore DIR                  such a folder back; the gateway must not run\n",
        out);
    return out == stderr ? 2 : 0;
}

// --json may stand anywhere; what is left are the command and its own arguments.
static bool parse(int *argc, char **argv, struct arguments *arguments)
{
    int left = 1;
    for (int i = 1; i < *argc; i++)
        if (strcmp(argv[i], "--json") == 0)
            arguments->json = true;
        else
            argv[left++] = argv[i];
    *argc = left;
    arguments->at = 1;
    if (left > 2 && strcmp(argv[1], "--config") == 0) {
        arguments->config = argv[2];
        arguments->at = 3;
    }
    return arguments->at < left && argv[arguments->at][0] != '-';
}

// Takes the flag or the text option at argv[*i] into the request; false when it is none.
static bool add_argument(int argc, char **argv, int *i, json_t *request)
{
    static const char *const flags[] = {"--publish", "--view", "--insecure", "--dry-run",
                                        "--another"};
    static const char *const texts[] = {"--room", "--url",         "--token",  "--source",
                                        "--id",   "--to",          "--reason", "--name",
                                        "--role", "--display-name"};
    const char *name = argv[*i];
    for (size_t n = 0; n < sizeof(flags) / sizeof(flags[0]); n++)
        if (strcmp(name, flags[n]) == 0)
            return json_object_set_new(request, name + 2, json_true()) == 0;
    for (size_t n = 0; n < sizeof(texts) / sizeof(texts[0]); n++)
        if (strcmp(name, texts[n]) == 0 && *i + 1 < argc)
            return json_object_set_new(request, name + 2, json_string(argv[++*i])) == 0;
    return false;
}

// A command's own arguments; NULL, or the one that cannot be used.
static const char *add_arguments(int argc, char **argv, const struct arguments *arguments,
                                 json_t *request)
{
    long ttl = 3600;
    for (int i = arguments->at + 1; i < argc; i++) {
        const char *name = argv[i];
        if (!add_argument(argc, argv, &i, request) &&
            (strcmp(name, "--ttl") != 0 || i + 1 >= argc ||
             text_number(argv[++i], 1, 31622400, &ttl) != 0))
            return name;
    }
    json_object_set_new(request, "ttl", json_integer(ttl));
    return NULL;
}

// Texts as they are, everything else as JSON.
static void print_value(const char *before, const json_t *value, const char *behind)
{
    char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
    printf("%s%s%s", before, text ? text : json_string_value(value), behind);
    free(text);
}

static void print_list(const json_t *list)
{
    size_t i;
    json_t *item, *value;
    const char *key;
    json_array_foreach(list, i, item)
    {
        json_object_foreach(item, key, value)
        {
            printf("%s", key);
            print_value("=", value, " ");
        }
        putchar('\n');
    }
}

static void print_plain(const char *command, const json_t *data)
{
    const char *key;
    json_t *value;
    if (strcmp(command, "token") == 0) {
        puts(json_string_value(json_object_get(data, "token")));
        return;
    }
    json_object_foreach((json_t *)data, key, value)
    {
        if (json_is_array(value)) {
            print_list(value);
            continue;
        }
        printf("%-16s", key);
        print_value(" ", value, "\n");
    }
}

static void print(const struct arguments *arguments, const char *command, const json_t *data)
{
    if (arguments->json) {
        json_dumpf(data, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        print_plain(command, data);
    }
}

static int complain(const char *error)
{
    fprintf(stderr, "banyanctl: %s\n", error ? error : "no answer that can be understood");
    return 1;
}

static bool is_job(const char *command)
{
    return strcmp(command, "purge") == 0 || strcmp(command, "recording") == 0;
}

// What takes a while is asked for until it is done.
static int follow_job(const char *socket, const char *command, json_t **answer)
{
    const json_t *data = json_object_get(*answer, "data");
    json_int_t job = json_integer_value(json_object_get(data, "job"));
    json_t *request = json_pack("{s:s, s:I}", "command", command, "job", job);
    int err = 0;
    while (!err && (job || json_is_false(json_object_get(data, "done")))) {
        job = 0;
        usleep(LOOK_AGAIN_US);
        json_decref(*answer);
        *answer = NULL;
        err = admin_ask(socket, request, TIMEOUT_MS, answer);
        data = err ? NULL : json_object_get(*answer, "data");
    }
    json_decref(request);
    return err;
}

static int ask(const struct arguments *arguments, const struct options *options,
               const json_t *request)
{
    json_t *answer = NULL;
    int code = 0;
    int err = admin_ask(options->admin_socket, request, TIMEOUT_MS, &answer);
    const char *command = json_string_value(json_object_get(request, "command"));
    if (!err && is_job(command))
        err = follow_job(options->admin_socket, command, &answer);
    if (err) {
        fprintf(stderr, "banyanctl: no gateway answers at %s: %s\n", options->admin_socket,
                strerror(err));
        code = 1;
    } else if (!json_is_true(json_object_get(answer, "ok"))) {
        code = complain(json_string_value(json_object_get(answer, "error")));
    } else if (strcmp(command, "recording") == 0) {
        code = recording_open(json_object_get(answer, "data"),
                              json_string_value(json_object_get(request, "to")));
    } else {
        print(arguments, command, json_object_get(answer, "data"));
    }
    json_decref(answer);
    return code;
}

static int do_here(const struct arguments *arguments, struct local *local, local_run *run)
{
    json_t *data = run(local);
    if (!data)
        return complain(local->error);
    print(arguments, "", data);
    json_decref(data);
    return 0;
}

static int run(int argc, char **argv, struct arguments *arguments, const struct options *options)
{
    struct local local = {.options = options};
    local_run *here = NULL;
    if (local_find(argv + arguments->at, argc - arguments->at, &local, &here))
        return here ? do_here(arguments, &local, here) : usage(stderr);
    json_t *request = json_pack("{s:s}", "command", argv[arguments->at]);
    const char *wrong = add_arguments(argc, argv, arguments, request);
    if (wrong)
        fprintf(stderr, "banyanctl: %s: no such argument, or no value that can be used\n", wrong);
    int code = wrong ? 2 : ask(arguments, options, request);
    json_decref(request);
    return code;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct options options;
    struct option_error error;
    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (!parse(&argc, argv, &arguments))
        return usage(stderr);
    if (options_read(&options, arguments.config, &error) != 0) {
        fprintf(stderr, "banyanctl: %s\n", error.text);
        return 2;
    }
    int code = run(argc, argv, &arguments, &options);
    options_release(&options);
    return code;
}
