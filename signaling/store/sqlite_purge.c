#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "signaling/store/purge.h"
#include "signaling/store/sqlite.h"

#define SUFFIX   ".mkv.sealed"
#define ORPHAN_S 60 // a file whose row is about to be written is younger
#define HASH_LEN 32

static const char *const names[STORE_CLASSES] = {
    [STORE_CLASS_RECORDS] = "records",   [STORE_CLASS_RECORDINGS] = "recordings",
    [STORE_CLASS_PAPERS] = "papers",     [STORE_CLASS_CONSENTS] = "consents",
    [STORE_CLASS_MESSAGES] = "messages", [STORE_CLASS_APPOINTMENTS] = "appointments",
    [STORE_CLASS_QUEUE] = "queue",       [STORE_CLASS_GUESTS] = "guests",
    [STORE_CLASS_PERSONS] = "persons",   [STORE_CLASS_TASKS] = "tasks",
    [STORE_CLASS_EVENTS] = "events",
};

struct found {
    int64_t count;
    char hash[2 * HASH_LEN + 1];
};

struct purge {
    struct db *db;
    const struct purge_request *request;
    struct found found[STORE_CLASSES];
    int64_t files;
};

// --- rows ---------------------------------------------------------------------------------------

// How many there are, and the hash of their ids, a line each.
static int look(struct purge *purge, enum store_class which, struct found *found)
{
    sqlite3_stmt *stmt;
    uint8_t hash[HASH_LEN];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int err = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) ? 0 : ENOMEM;
    found->count = 0;
    if (!err)
        err = sql_start(purge->db, (enum sql)(SQL_PURGED + which), &stmt, "i",
                        purge->request->until_ms[which]);
    if (err)
        goto out;
    while (!(err = sql_next(stmt))) {
        EVP_DigestUpdate(ctx, sqlite3_column_text(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0));
        EVP_DigestUpdate(ctx, "\n", 1);
        found->count++;
    }
    sql_end(stmt);
    err = err == ENOENT ? 0 : err;
    EVP_DigestFinal_ex(ctx, hash, NULL);
    text_hex(hash, sizeof(hash), found->hash);
out:
    EVP_MD_CTX_free(ctx);
    return err;
}

static int note(struct purge *purge, enum store_class which)
{
    char detail[AUDIT_TEXT_MAX];
    const struct found *found = &purge->found[which];
    snprintf(detail, sizeof(detail), "%lld until %lld sha256:%s", (long long)found->count,
             (long long)purge->request->until_ms[which], found->hash);
    struct audit_entry entry = audit_entry_of(clock_wall_ms(), purge->request->actor, "purge",
                                              names[which], detail);
    return db_audit_add(purge->db, &entry);
}

static int purge_class(struct purge *purge, enum store_class which)
{
    struct found *found = &purge->found[which];
    int err = look(purge, which, found);
    if (err || !found->count || purge->request->dry_run)
        return err;
    err = sql_run(purge->db, (enum sql)(SQL_PURGE + which), "i", purge->request->until_ms[which]);
    return err ? err : note(purge, which);
}

static int purge_rows(struct purge *purge)
{
    int err = db_begin(purge->db);
    if (err)
        return err;
    for (int i = 0; i < STORE_CLASSES && !err; i++)
        err = purge_class(purge, (enum store_class)i);
    return db_end(purge->db, err);
}

int db_rewrite(struct db *db)
{
    int code = sqlite3_exec(db->handle, "VACUUM", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return db_errno(code);
}

static int rewrite(const struct purge *purge)
{
    int64_t sum = 0;
    for (int i = 0; i < STORE_CLASSES; i++)
        sum += purge->found[i].count;
    return sum ? db_rewrite(purge->db) : 0;
}

// --- files --------------------------------------------------------------------------------------

// The id of the recording that a file belongs to: its name without the ending, and without the
// number of a pipeline that was started again.
static bool id_of(const char *name, char id[NAME_MAX + 1], bool again)
{
    size_t len = strlen(name), suffix = strlen(SUFFIX);
    if (len <= suffix || strcmp(name + len - suffix, SUFFIX) != 0)
        return false;
    snprintf(id, NAME_MAX + 1, "%.*s", (int)(len - suffix), name);
    char *dash = again ? strrchr(id, '-') : NULL;
    if (again && (!dash || strspn(dash + 1, "0123456789") != strlen(dash + 1)))
        return false;
    if (dash)
        *dash = 0;
    return true;
}

static bool has_row(const struct purge *purge, const char *name, bool again)
{
    char id[NAME_MAX + 1];
    sqlite3_stmt *stmt;
    if (!id_of(name, id, again) || sql_start(purge->db, SQL_RECORDING, &stmt, "t", id) != 0)
        return false;
    int err = sql_next(stmt);
    sql_end(stmt);
    return err != ENOENT;
}

static int remove_file(struct purge *purge, int dir, const char *name)
{
    char id[NAME_MAX + 1];
    struct stat st;
    if (!id_of(name, id, false) || has_row(purge, name, false) || has_row(purge, name, true))
        return 0;
    if (fstatat(dir, name, &st, 0) < 0 || time(NULL) - st.st_mtime < ORPHAN_S)
        return 0;
    if (!purge->request->dry_run && unlinkat(dir, name, 0) < 0)
        return errno;
    purge->files++;
    return 0;
}

// Files whose rows, and with them their keys, are gone.
static int purge_files(struct purge *purge)
{
    const struct dirent *entry;
    int err = 0;
    DIR *dir = opendir(purge->request->recordings);
    if (!dir)
        return errno == ENOENT ? 0 : errno;
    while (!err && (entry = readdir(dir)))
        err = remove_file(purge, dirfd(dir), entry->d_name);
    if (!err && fsync(dirfd(dir)) < 0)
        err = errno;
    closedir(dir);
    return err;
}

// --- the job ------------------------------------------------------------------------------------

static int look_again(struct purge *purge, json_t *rows)
{
    for (int i = 0; i < STORE_CLASSES; i++) {
        struct found now, *found = &purge->found[i];
        int err = look(purge, (enum store_class)i, &now);
        if (err)
            return err;
        json_t *row = json_pack("{s:s, s:I, s:I, s:s, s:I}", "class", names[i], "until",
                                (json_int_t)purge->request->until_ms[i], "count",
                                (json_int_t)found->count, "sha256", found->hash, "left",
                                (json_int_t)now.count);
        if (i == STORE_CLASS_RECORDINGS && row)
            json_object_set_new(row, "files", json_integer((json_int_t)purge->files));
        if (!row || json_array_append_new(rows, row) < 0)
            return ENOMEM;
    }
    return 0;
}

int db_purge(struct db *db, struct job *job)
{
    struct purge purge = {.db = db, .request = job->purge};
    job->rows = json_array();
    if (!job->rows)
        return ENOMEM;
    int err = purge_rows(&purge);
    if (!err && !job->purge->dry_run)
        err = rewrite(&purge);
    if (!err)
        err = purge_files(&purge);
    return err ? err : look_again(&purge, job->rows);
}
