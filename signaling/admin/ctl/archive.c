#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "signaling/admin/admin.h"
#include "signaling/admin/ctl/files.h"
#include "signaling/admin/ctl/kept.h"
#include "signaling/admin/ctl/local.h"
#include "signaling/store/archive.h"

// A backup is a folder: banyan.db, what is kept of data_dir (kept.h), and SHA256SUMS about them,
// written last, as `sha256sum -c` reads it. A folder without SHA256SUMS is no backup. The key of
// the records is left out on purpose: who finds a backup must not read them.

#define DATABASE  "banyan.db"
#define SUMS      "SHA256SUMS"
#define SUMS_PART "SHA256SUMS.part"
#define ASK_MS    2000

static json_t *fail(struct local *local, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static json_t *fail(struct local *local, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(local->error, sizeof(local->error), format, args);
    va_end(args);
    return NULL;
}

// "20261122-093001", in UTC.
static void stamp(char text[32])
{
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(text, 32, "%Y%m%d-%H%M%S", &tm);
}

// --- backup -------------------------------------------------------------------------------------

struct filling {
    const char *from, *to; // folders
    FILE *sums;
    json_int_t files;
};

// One that went meanwhile (a sentence that was taken back) is not missed.
static int copy_kept(const char *name, void *arg)
{
    struct filling *filling = arg;
    char from[PATH_LEN], to[PATH_LEN];
    if (!file_join(from, filling->from, name) || !file_join(to, filling->to, name))
        return ENAMETOOLONG;
    int err = file_directory_of(to);
    if (!err)
        err = file_copy(from, to);
    return err == ENOENT ? 0 : err;
}

static int add_sum(const char *name, void *arg)
{
    struct filling *filling = arg;
    char path[PATH_LEN], hex[FILE_SUM_LEN];
    int err = file_join(path, filling->to, name) ? file_sum(path, hex) : ENAMETOOLONG;
    if (!err && fprintf(filling->sums, "%s  %s\n", hex, name) < 0)
        err = EIO;
    filling->files++;
    return err;
}

static int write_sums(struct filling *filling)
{
    char part[PATH_LEN], whole[PATH_LEN];
    if (!file_join(part, filling->to, SUMS_PART) || !file_join(whole, filling->to, SUMS))
        return ENAMETOOLONG;
    filling->sums = fopen(part, "wxe");
    if (!filling->sums)
        return errno;
    int err = add_sum(DATABASE, filling);
    if (!err)
        err = kept_each(filling->to, add_sum, filling);
    if (!err && (fflush(filling->sums) || fsync(fileno(filling->sums))))
        err = errno;
    fclose(filling->sums);
    if (!err && rename(part, whole) < 0)
        err = errno;
    return err ? err : file_sync_directory(filling->to);
}

static int fill_backup(const struct options *options, struct filling *filling)
{
    char database[PATH_LEN];
    int err = file_join(database, filling->to, DATABASE) ? 0 : ENAMETOOLONG;
    if (!err)
        err = store_copy(options->database_url, database);
    if (!err)
        err = kept_each(filling->from, copy_kept, filling);
    return err ? err : write_sums(filling);
}

static json_t *backup_told(const struct options *options, const struct filling *filling,
                           int64_t entries)
{
    char record_key[PATH_LEN + 64], others[PATH_LEN + 256];
    snprintf(record_key, sizeof(record_key), "not in this backup: keep a copy of %s elsewhere",
             options->record_key_file);
    snprintf(others, sizeof(others),
             "nor are: %s/recordings; the options' file; a certificate, links or holidays that it"
             " names outside of data_dir",
             options->data_dir);
    return json_pack("{s:s, s:I, s:I, s:s, s:s}", "backup", filling->to, "files", filling->files,
                     "audit_entries", (json_int_t)entries, "record_key", record_key, "left_out",
                     others);
}

json_t *archive_backup(struct local *local)
{
    char name[32 + 8] = "banyan-", dir[PATH_LEN], database[PATH_LEN + 8];
    int64_t entries = 0;
    stamp(name + strlen(name));
    if (!file_join(dir, local->dir, name) ||
        snprintf(database, sizeof(database), "sqlite:%s/" DATABASE, dir) >= (int)sizeof(database))
        return fail(local, "%s: the name is too long", local->dir);
    if (mkdir(dir, 0700) < 0)
        return fail(local, "%s: %s", dir, strerror(errno));
    struct filling filling = {.from = local->options->data_dir, .to = dir};
    int err = fill_backup(local->options, &filling);
    if (!err)
        err = store_check(database, &entries);
    if (err)
        return fail(local, "%s: %s; it is no backup", dir, strerror(err));
    return backup_told(local->options, &filling, entries);
}

// --- restore ------------------------------------------------------------------------------------

static bool gateway_runs(const char *socket)
{
    json_t *answer = NULL, *request = json_pack("{s:s}", "command", "status");
    int err = admin_ask(socket, request, ASK_MS, &answer);
    json_decref(request);
    json_decref(answer);
    return err != ECONNREFUSED && err != ENOENT;
}

// A file that the sums name is one of ours and is as it was; EBADMSG.
static int check_sum(const char *dir, const char *line, char which[PATH_LEN])
{
    char path[PATH_LEN], hex[FILE_SUM_LEN];
    const char *name = strlen(line) > FILE_SUM_LEN ? line + FILE_SUM_LEN + 1 : "";
    bool known = strcmp(name, DATABASE) == 0 || kept_is(name);
    if (!known || !file_join(path, dir, name))
        return EBADMSG;
    text_copy(which, PATH_LEN, name);
    int err = file_sum(path, hex);
    return !err && strncmp(line, hex, FILE_SUM_LEN - 1) != 0 ? EBADMSG : err;
}

static int count_one(const char *name, void *arg)
{
    (void)name;
    --*(int *)arg;
    return 0;
}

// All of them, and there is no other file; EBADMSG with its name in `which`.
static int check_sums(const char *dir, char which[PATH_LEN])
{
    char line[PATH_LEN + FILE_SUM_LEN + 2], path[PATH_LEN];
    int err = 0, others = -1; // the database is in no walk
    snprintf(which, PATH_LEN, "%s", SUMS);
    FILE *sums = file_join(path, dir, SUMS) ? fopen(path, "re") : NULL;
    if (!sums)
        return errno;
    for (; !err && fgets(line, sizeof(line), sums); others++) {
        line[strcspn(line, "\n")] = 0;
        err = check_sum(dir, line, which);
    }
    fclose(sums);
    if (err)
        return err;
    snprintf(which, PATH_LEN, "%s", SUMS);
    err = kept_each(dir, count_one, &others);
    return err ? err : others ? EBADMSG : 0;
}

// What is there now is kept in a folder of its own.
static int put_aside(const char *from, const char *aside)
{
    if (access(from, F_OK) < 0)
        return errno == ENOENT ? 0 : errno;
    int err = file_directory_of(aside);
    if (!err && rename(from, aside) < 0)
        err = errno;
    return err;
}

struct restoring {
    const char *from, *to; // folders
    char aside[PATH_LEN];
};

static int restore_file(const struct restoring *restoring, const char *name, const char *to)
{
    char from[PATH_LEN], aside[PATH_LEN];
    if (!file_join(from, restoring->from, name) || !file_join(aside, restoring->aside, name))
        return ENAMETOOLONG;
    int err = put_aside(to, aside);
    if (!err)
        err = file_directory_of(to);
    if (!err)
        err = file_copy(from, to);
    return err ? err : file_give(to, restoring->to);
}

// The log of a database that was not closed belongs to it: both go aside.
static int restore_database(const struct restoring *restoring, const char *to)
{
    static const char *const logs[] = {"-wal", "-shm"};
    int err = 0;
    for (size_t i = 0; i < 2 && !err; i++) {
        char log[PATH_LEN], aside[PATH_LEN];
        if (snprintf(log, PATH_LEN, "%s%s", to, logs[i]) >= PATH_LEN ||
            snprintf(aside, PATH_LEN, "%.1000s/" DATABASE "%s", restoring->aside, logs[i]) >=
                PATH_LEN)
            return ENAMETOOLONG;
        err = put_aside(log, aside);
    }
    return err ? err : restore_file(restoring, DATABASE, to);
}

// Folders that were made on the way belong to the gateway, too.
static int give_folders(const struct restoring *restoring, const char *name)
{
    char path[PATH_LEN];
    if (!file_join(path, restoring->to, name))
        return ENAMETOOLONG;
    int err = 0;
    char *slash = path + strlen(restoring->to);
    while (!err && (slash = strchr(slash + 1, '/'))) {
        *slash = 0;
        err = file_give(path, restoring->to);
        *slash = '/';
    }
    return err;
}

static int restore_kept(const char *name, void *arg)
{
    const struct restoring *restoring = arg;
    char to[PATH_LEN];
    int err = file_join(to, restoring->to, name) ? restore_file(restoring, name, to) : ENAMETOOLONG;
    return err ? err : give_folders(restoring, name);
}

static int restore_all(struct restoring *restoring, const char *database)
{
    int err = mkdir(restoring->aside, 0700) < 0 ? errno : 0;
    if (!err)
        err = restore_database(restoring, database);
    if (!err)
        err = kept_each(restoring->from, restore_kept, restoring);
    if (!err)
        err = file_give(restoring->aside, restoring->to);
    return err ? err : file_sync_directory(restoring->to);
}

// Is it whole? Looked at before anything is touched.
static bool backup_sound(struct local *local, int64_t *entries)
{
    char which[PATH_LEN], database[PATH_LEN + 8];
    int err = check_sums(local->dir, which);
    if (err == EBADMSG) {
        fail(local, "%s: %.200s is not what was saved; nothing was changed", local->dir, which);
        return false;
    }
    if (!err) {
        snprintf(database, sizeof(database), "sqlite:%.1000s/" DATABASE, local->dir);
        err = store_check(database, entries);
    }
    if (err)
        fail(local, "%s: not a backup that can be used (%s); nothing was changed", local->dir,
             strerror(err));
    return !err;
}

json_t *archive_restore(struct local *local)
{
    const struct options *options = local->options;
    const char *database = strchr(options->database_url, ':');
    int64_t entries = 0;
    char when[32], name[64];
    if (gateway_runs(options->admin_socket))
        return fail(local, "a gateway is running at %s; stop it first", options->admin_socket);
    if (!backup_sound(local, &entries))
        return NULL;
    struct restoring restoring = {.from = local->dir, .to = options->data_dir};
    stamp(when);
    snprintf(name, sizeof(name), "before-restore-%s", when);
    if (!database || !file_join(restoring.aside, options->data_dir, name))
        return fail(local, "%s: the name is too long", options->data_dir);
    int err = restore_all(&restoring, database + 1);
    if (err)
        return fail(local, "%s: %s; what was there before is in %s", options->data_dir,
                    strerror(err), restoring.aside);
    return json_pack("{s:s, s:s, s:I}", "restored", local->dir, "before", restoring.aside,
                     "audit_entries", (json_int_t)entries);
}
