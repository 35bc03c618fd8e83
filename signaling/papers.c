#include "signaling/papers.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/records.h"
#include "signaling/store/papers.h"

// What is sealed says whose it is: moved to another row it does not open.
static void about_part(const char *part, const char *id, char about[128])
{
    snprintf(about, 128, "paper %s %s", part, id);
}

static int note(struct store_batch *batch, const struct caller *caller, const char *action,
                const char *consultation, const char *detail)
{
    char actor[AUDIT_TEXT_MAX];
    if (!caller)
        return 0;
    audit_actor(actor, role_name(caller->role), caller->id);
    struct audit_entry entry = audit_entry_of(clock_wall_ms(), actor, action, consultation, detail);
    return store_batch_audit(batch, &entry);
}

// --- keeping -----------------------------------------------------------------------------------

struct keeping {
    paper_done_h *done;
    void *arg;
};

static void committed(void *arg, int err, int64_t first_event)
{
    struct keeping *keeping = arg;
    (void)first_event;
    keeping->done(keeping->arg, err);
    mem_free(keeping);
}

// Gives the batch away, and answers.
static void commit(struct control *control, struct store_batch *batch, int err, paper_done_h *done,
                   void *arg)
{
    struct keeping *keeping = err ? NULL : mem_zalloc(sizeof(*keeping));
    if (!keeping) {
        store_batch_free(batch);
        done(arg, err ? err : ENOMEM);
        return;
    }
    *keeping = (struct keeping){done, arg};
    err = store_commit(control->store, batch, committed, keeping);
    if (err)
        committed(keeping, err, 0);
}

static int seal(const uint8_t *key, const char *part, const char *id, const void *plain, size_t len,
                uint8_t **sealed)
{
    char about[128];
    about_part(part, id, about);
    *sealed = mem_zalloc(len + VAULT_EXTRA);
    return *sealed ? vault_seal(key, about, plain, len, *sealed) : ENOMEM;
}

static int seal_all(const struct control *control, const struct paper_kept *kept, const char *text,
                    struct store_paper *row)
{
    char about[128];
    uint8_t key[VAULT_KEY_LEN];
    random_bytes(key, sizeof(key));
    about_part("key", kept->id, about);
    int err = vault_seal(control->record_key, about, key, sizeof(key), row->key);
    if (!err)
        err = seal(key, "about", kept->id, text, strlen(text), &row->about);
    row->about_len = strlen(text) + VAULT_EXTRA;
    if (!err && kept->bytes) {
        err = seal(key, "octets", kept->id, kept->bytes, kept->len, &row->body);
        row->body_len = kept->len + VAULT_EXTRA;
    }
    OPENSSL_cleanse(key, sizeof(key));
    return err;
}

static void keep(void *ops_arg, const struct caller *caller, const struct paper_kept *kept,
                 paper_done_h *done, void *arg)
{
    struct control *control = ops_arg;
    char detail[AUDIT_TEXT_MAX];
    struct store_batch *batch = NULL;
    struct store_paper row = {.kept_at = clock_wall_ms()};
    char *text = json_dumps(kept->about, JSON_COMPACT);
    text_copy(row.id, sizeof(row.id), kept->id);
    text_copy(row.consultation, sizeof(row.consultation), kept->consultation);
    text_copy(row.key_id, sizeof(row.key_id), control->record_key_id);
    snprintf(detail, sizeof(detail), "sha256:%s", kept->hash);
    int err = text ? seal_all(control, kept, text, &row) : ENOMEM;
    if (!err)
        err = store_batch_alloc(&batch);
    if (!err)
        err = store_batch_paper(batch, &row);
    if (!err)
        err = note(batch, caller, "paper_keep", kept->consultation, detail);
    store_paper_release(&row);
    free(text);
    commit(control, batch, err, done, arg);
}

static void drop(void *ops_arg, const struct caller *caller, const char *consultation,
                 const char *id, paper_done_h *done, void *arg)
{
    struct store_batch *batch = NULL;
    const struct store_value values[] = {{.text = id}, {.text = consultation}};
    int err = store_batch_alloc(&batch);
    if (!err)
        err = store_batch_write(batch, STORE_DROP_PAPER, values, 2);
    if (!err)
        err = note(batch, caller, "paper_drop", consultation, id);
    commit(ops_arg, batch, err, done, arg);
}

// --- reading -----------------------------------------------------------------------------------

struct reading {
    struct control *control;
    struct caller caller;
    char consultation[STORE_ID_MAX], id[STORE_ID_MAX];
    paper_read_h *done;
    void *arg;
    json_t *list;
    uint8_t *bytes;
    size_t len;
};

static void finish(struct reading *reading, int err)
{
    reading->done(reading->arg, err, reading->list, reading->bytes, reading->len);
    if (reading->bytes)
        explicit_bzero(reading->bytes, reading->len);
    mem_free(reading->bytes);
    json_decref(reading->list);
    mem_free(reading);
}

static void noted(void *arg, int err)
{
    finish(arg, err);
}

static void turned_away(void *arg, int err)
{
    finish(arg, err ? err : ENOENT);
}

struct part {
    const char *name;
    const uint8_t *wrapped; // the key it is under
    const uint8_t *sealed;
    size_t len;
};

static int open_part(const struct reading *reading, const char *id, const struct part *part,
                     uint8_t **plain)
{
    char about[128];
    uint8_t key[VAULT_KEY_LEN];
    if (part->len <= VAULT_EXTRA)
        return EBADMSG;
    about_part("key", id, about);
    int err = vault_open(reading->control->record_key, about, part->wrapped, STORE_RECORD_KEY_LEN,
                         key);
    if (err)
        return err;
    about_part(part->name, id, about);
    *plain = mem_zalloc(part->len - VAULT_EXTRA);
    err = *plain ? vault_open(key, about, part->sealed, part->len, *plain) : ENOMEM;
    OPENSSL_cleanse(key, sizeof(key));
    return err;
}

static int open_about(struct reading *reading, const struct store_paper *row)
{
    uint8_t *text = NULL;
    const struct part part = {"about", row->about_key, row->about, row->about_len};
    int err = open_part(reading, row->id, &part, &text);
    json_t *about = err ? NULL : json_loadb((char *)text, row->about_len - VAULT_EXTRA, 0, NULL);
    if (about) {
        json_object_set_new(about, "id", json_string(row->id));
        json_object_set_new(about, "kept_at", json_integer(row->kept_at));
        json_array_append_new(reading->list, about);
    }
    mem_free(text);
    return err ? err : about ? 0 : EBADMSG;
}

static int open_row(struct reading *reading, const struct store_paper *row)
{
    const struct part octets = {"octets", row->key, row->body, row->body_len};
    int err = open_about(reading, row);
    if (!err && row->body) {
        err = open_part(reading, row->id, &octets, &reading->bytes);
        reading->len = row->body_len - VAULT_EXTRA;
    }
    return err;
}

// Whose octets are read is in the audit log first.
static void note_reading(struct reading *reading)
{
    struct store_batch *batch = NULL;
    int err = store_batch_alloc(&batch);
    if (!err)
        err = note(batch, &reading->caller, "paper_read", reading->consultation, reading->id);
    commit(reading->control, batch, err, noted, reading);
}

static void found(void *arg, int err, const struct store_papers *papers)
{
    struct reading *reading = arg;
    struct control *control = reading->control;
    bool other = !err && papers->count && strcmp(papers->list[0].lawyer, reading->caller.id) != 0;
    reading->list = json_array();
    for (size_t i = 0; !err && !other && i < papers->count; i++)
        err = open_row(reading, &papers->list[i]);
    if (err == EBADMSG)
        log_error("papers", "%s: not as it was kept", reading->consultation);
    if (other)
        control_records.refused(control, &reading->caller, reading->consultation, turned_away,
                                reading);
    else if (!err && reading->bytes)
        note_reading(reading);
    else
        finish(reading, !err && *reading->id ? ENOENT : err);
}

static void read_kept(void *ops_arg, const struct caller *caller, const char *consultation,
                      const char *id, paper_read_h *done, void *arg)
{
    struct control *control = ops_arg;
    struct reading *reading = mem_zalloc(sizeof(*reading));
    if (!reading) {
        done(arg, ENOMEM, NULL, NULL, 0);
        return;
    }
    *reading = (struct reading){.control = control, .caller = *caller, .done = done, .arg = arg};
    bool fits = text_copy(reading->consultation, sizeof(reading->consultation), consultation) &&
                text_copy(reading->id, sizeof(reading->id), id);
    int err = fits ? store_papers(control->store, consultation, id, found, reading) : ENOENT;
    if (err)
        finish(reading, err);
}

const struct paper_ops control_papers = {.keep = keep, .drop = drop, .read = read_kept};
