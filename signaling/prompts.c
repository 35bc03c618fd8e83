#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "signaling/control_inside.h"
#include "signaling/errand.h"

// The booth's voice: a file for each sentence that somebody has spoken, in data_dir/own, where it
// goes before the built one. Noted in the audit log, then written on a work thread, whole or not at
// all, then heard.

#define ADDRESS_MAX 200

static const struct problem busy = {503, "try-later", "Not now",
                                    "another sentence is just being kept", NULL};
static const struct problem not_kept = {503, "not-saved", "Not saved",
                                        "the file could not be written", NULL};
static const struct errand_words no_words = {NULL, NULL, NULL};

struct keeping {
    struct control *control;
    people_result_h *done;
    void *arg;
    char stem[ADDRESS_MAX]; // "/prompts/en/idle"
    char own[1024 + sizeof("/own")];
    uint8_t *bytes; // NULL: nobody's any more
    size_t len;
    int err;
};

// Of names that the build gave, so it is never cut off.
static void address(char to[ADDRESS_MAX], const char *language, const char *name)
{
    snprintf(to, ADDRESS_MAX, "/prompts/%s/%s", language, name);
}

static void keeping_end(struct keeping *keeping, int err, const struct problem *problem)
{
    keeping->control->keeping_prompt = false;
    keeping->done(keeping->arg, err, problem, NULL);
    mem_free(keeping->bytes);
    mem_free(keeping);
}

// --- on a work thread ----------------------------------------------------------------------------

// own, own/prompts and own/prompts/LANGUAGE; opens the last.
static int open_folder(const struct keeping *keeping, int *fd)
{
    char path[sizeof(keeping->own) + ADDRESS_MAX];
    snprintf(path, sizeof(path), "%s%s", keeping->own, keeping->stem);
    for (char *at = path + strlen(keeping->own); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
            return errno;
        *at = '/';
    }
    *strrchr(path, '/') = '\0';
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *fd < 0 ? errno : 0;
}

// A name that begins with a dot is no file of the server's.
static int write_file(const struct keeping *keeping, int folder, const char *name)
{
    int fd = openat(folder, ".part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int err = fd < 0 ? errno : file_write_synced(fd, keeping->bytes, keeping->len);
    if (fd >= 0)
        close(fd);
    return !err && renameat(folder, ".part", folder, name) < 0 ? errno : err;
}

static int remove_file(int folder, const char *name)
{
    return unlinkat(folder, name, 0) < 0 && errno != ENOENT ? errno : 0;
}

// An Ogg file is an operator's, put there by hand.
static int change_files(const struct keeping *keeping, int folder)
{
    char weba[ADDRESS_MAX], ogg[ADDRESS_MAX];
    const char *name = strrchr(keeping->stem, '/') + 1;
    snprintf(weba, sizeof(weba), "%s.weba", name);
    snprintf(ogg, sizeof(ogg), "%s.ogg", name);
    int err = keeping->bytes ? write_file(keeping, folder, weba) : remove_file(folder, weba);
    if (!err && !keeping->bytes)
        err = remove_file(folder, ogg);
    return !err && fsync(folder) < 0 ? errno : err;
}

static void keep(void *arg)
{
    struct keeping *keeping = arg;
    int folder = -1;
    keeping->err = open_folder(keeping, &folder);
    if (!keeping->err)
        keeping->err = change_files(keeping, folder);
    if (folder >= 0)
        close(folder);
}

// --- on the control thread -----------------------------------------------------------------------

static int serve(struct keeping *keeping)
{
    char weba[ADDRESS_MAX + 8], ogg[ADDRESS_MAX + 8];
    struct server *server = keeping->control->server;
    snprintf(weba, sizeof(weba), "%s.weba", keeping->stem);
    snprintf(ogg, sizeof(ogg), "%s.ogg", keeping->stem);
    int err = server_put_own(server, weba, keeping->bytes, keeping->len);
    return !err && !keeping->bytes ? server_put_own(server, ogg, NULL, 0) : err;
}

static void kept(void *arg)
{
    struct keeping *keeping = arg;
    int err = keeping->err;
    if (!err && !keeping->control->stopping)
        err = serve(keeping);
    if (err)
        log_error("prompts", "%s%s: %s", keeping->own, keeping->stem, strerror(err));
    keeping_end(keeping, err, err ? &not_kept : NULL);
}

static void noted(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct keeping *keeping = arg;
    (void)result;
    if (err)
        keeping_end(keeping, err, problem);
    else if ((err = work_do(keeping->control->work, keep, kept, keeping)) != 0)
        keeping_end(keeping, err, &busy);
}

static struct keeping *keeping_new(struct control *control, const struct prompt_request *request)
{
    struct keeping *keeping = mem_zalloc(sizeof(*keeping));
    if (!keeping)
        return NULL;
    keeping->bytes = request->bytes ? mem_zalloc(request->len) : NULL;
    if (request->bytes && !keeping->bytes) {
        mem_free(keeping);
        return NULL;
    }
    if (request->bytes)
        memcpy(keeping->bytes, request->bytes, request->len);
    keeping->len = request->len;
    keeping->control = control;
    address(keeping->stem, request->language, request->name);
    snprintf(keeping->own, sizeof(keeping->own), "%s/own", control->config.data_dir);
    return keeping;
}

// One at a time: what is written last is what is heard.
void control_prompt(void *ops_arg, const struct prompt_request *request, people_result_h *done,
                    void *arg)
{
    struct control *control = ops_arg;
    struct keeping *keeping = control->keeping_prompt ? NULL : keeping_new(control, request);
    if (!keeping) {
        done(arg, EAGAIN, &busy, NULL);
        return;
    }
    control->keeping_prompt = true;
    keeping->done = done;
    keeping->arg = arg;
    struct errand *errand = errand_new(control, request->actor, noted, keeping);
    if (!errand)
        return;
    errand_note(errand, request->bytes ? "prompt_recorded" : "prompt_restored",
                keeping->stem + sizeof("/prompts"), "");
    errand_commit(errand, &no_words);
}

bool control_has_own_prompt(void *ops_arg, const char *language, const char *name)
{
    char stem[ADDRESS_MAX];
    address(stem, language, name);
    return server_has_own(((struct control *)ops_arg)->server, stem);
}
