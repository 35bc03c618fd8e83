#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "signaling/admin/admin.h"
#include "signaling/admin/ctl/files.h"
#include "signaling/admin/ctl/local.h"
#include "signaling/store/archive.h"

// A backup is a folder: banyan.db, the keys of data_dir, and SHA256SUMS about them, written last,
// as `sha256sum -c` reads it. A folder without SHA256SUMS is no backup. The key of the records is
// left out on purpose: who finds a backup must not read them.

#define DATABASE  "banyan.db"
#define SUMS      "SHA256SUMS"
#define SUMS_PART "SHA256SUMS.part"
#define ASK_MS    2000

// What stands in data_dir beside the database. Not every gateway has all of them.
static const char *const keys[] = {"secret.key", "tls/certificate.pem", "tls/key.pem",
                                   "links.json"};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

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

static bool join(char path[PATH_LEN], const char *dir, const char *name)
{
    return snprintf(path, PATH_LEN, "%s/%s", dir, name) < PATH_LEN;
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

static int copy_key(const char *from_dir, const char *to_dir, const char *name)
{
    char from[PATH_LEN], to[PATH_LEN];
    if (!join(from, from_dir, name) || !join(to, to_dir, name))
        return ENAMETOOLONG;
    int err = file_directory_of(to);
    return err ? err : file_copy(from, to);
}

static int add_sum(FILE *sums, const char *dir, const char *name)
{
    char path[PATH_LEN], hex[FILE_SUM_LEN];
    int err = join(path, dir, name) ? file_sum(path, hex) : ENAMETOOLONG;
    if (!err && fprintf(sums, "%s  %s\n", hex, name) < 0)
        err = EIO;
    return err;
}

static int write_sums(const char *dir)
{
    char part[PATH_LEN], whole[PATH_LEN];
    if (!join(part, dir, SUMS_PART) || !join(whole, dir, SUMS))
        return ENAMETOOLONG;
    FILE *sums = fopen(part, "wxe");
    if (!sums)
        return errno;
    int err = add_sum(sums, dir, DATABASE);
    for (size_t i = 0; i < KEYS && !err; i++) {
        err = add_sum(sums, dir, keys[i]);
        err = err == ENOENT ? 0 : err;
    }
    if (!err && (fflush(sums) || fsync(fileno(sums))))
        err = errno;
    fclose(sums);
    if (!err && rename(part, whole) < 0)
        err = errno;
    return err ? err : file_sync_directory(dir);
}

static int fill_backup(const struct options *options, const char *dir)
{
    char database[PATH_LEN];
    int err = join(database, dir, DATABASE) ? 0 : ENAMETOOLONG;
    if (!err)
        err = store_copy(options->database_url, database);
    for (size_t i = 0; i < KEYS && !err; i++) {
        err = copy_key(options->data_dir, dir, keys[i]);
        err = err == ENOENT ? 0 : err;
    }
    return err ? err : write_sums(dir);
}

json_t *archive_backup(struct local *local)
{
    char name[32 + 8] = "banyan-", dir[PATH_LEN], database[PATH_LEN + 8];
    int64_t entries = 0;
    stamp(name + strlen(name));
    if (!join(dir, local->dir, name) ||
        snprintf(database, sizeof(database), "sqlite:%s/" DATABASE, dir) >= (int)sizeof(database))
        return fail(local, "%s: the name is too long", local->dir);
    if (mkdir(dir, 0700) < 0)
        return fail(local, "%s: %s", dir, strerror(errno));
    int err = fill_backup(local->options, dir);
    if (!err)
        err = store_check(database, &entries);
    if (err)
        return fail(local, "%s: %s; it is no backup", dir, strerror(err));
    char record_key[PATH_LEN + 64];
    snprintf(record_key, sizeof(record_key), "not in this backup: keep a copy of %s elsewhere",
             local->options->record_key_file);
    return json_pack("{s:s, s:I, s:s}", "backup", dir, "audit_entries", (json_int_t)entries,
                     "record_key", record_key);
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

static bool is_known(const char *name)
{
    bool known = strcmp(name, DATABASE) == 0;
    for (size_t i = 0; i < KEYS; i++)
        known = known || strcmp(name, keys[i]) == 0;
    return known;
}

// Every file that the sums name is one of ours and is as it was; EBADMSG with its name in `which`.
static int check_sums(const char *dir, char which[PATH_LEN])
{
    char line[PATH_LEN], path[PATH_LEN], hex[FILE_SUM_LEN];
    int err = 0, count = 0;
    snprintf(which, PATH_LEN, "%s", SUMS);
    FILE *sums = join(path, dir, SUMS) ? fopen(path, "re") : NULL;
    if (!sums)
        return errno;
    while (!err && fgets(line, sizeof(line), sums)) {
        line[strcspn(line, "\n")] = 0;
        const char *name = strlen(line) > FILE_SUM_LEN ? line + FILE_SUM_LEN + 1 : "";
        if (!is_known(name) || !join(path, dir, name)) {
            err = EBADMSG;
            break;
        }
        snprintf(which, PATH_LEN, "%s", name);
        err = file_sum(path, hex);
        if (!err && strncmp(line, hex, FILE_SUM_LEN - 1) != 0)
            err = EBADMSG;
        count++;
    }
    fclose(sums);
    return err || count ? err : EBADMSG;
}

// What is there now is kept in a folder of its own.
static int put_aside(const char *from, const char *aside)
{
    int err = file_directory_of(aside);
    if (!err && rename(from, aside) < 0 && errno != ENOENT)
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
    if (!join(from, restoring->from, name) || !join(aside, restoring->aside, name))
        return ENAMETOOLONG;
    if (access(from, F_OK) < 0)
        return 0;
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
static int give_folders(const struct restoring *restoring)
{
    char tls[PATH_LEN];
    int err = join(tls, restoring->to, "tls") ? file_give(tls, restoring->to) : ENAMETOOLONG;
    if (!err || err == ENOENT)
        err = file_give(restoring->aside, restoring->to);
    return err ? err : file_sync_directory(restoring->to);
}

static int restore_all(const struct restoring *restoring, const char *database)
{
    int err = restore_database(restoring, database);
    for (size_t i = 0; i < KEYS && !err; i++) {
        char to[PATH_LEN];
        err = join(to, restoring->to, keys[i]) ? restore_file(restoring, keys[i], to)
                                               : ENAMETOOLONG;
    }
    return err ? err : give_folders(restoring);
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
    if (!database || !join(restoring.aside, options->data_dir, name))
        return fail(local, "%s: the name is too long", options->data_dir);
    int err = restore_all(&restoring, database + 1);
    if (err)
        return fail(local, "%s: %s; what was there before is in %s", options->data_dir,
                    strerror(err), restoring.aside);
    return json_pack("{s:s, s:s, s:I}", "restored", local->dir, "before", restoring.aside,
                     "audit_entries", (json_int_t)entries);
}
