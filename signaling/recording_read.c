#include "signaling/recording_read.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "pipelines/recording.h"
#include "signaling/carriage.h"
#include "signaling/recording_key.h"

int recording_note(struct control *control, const char *actor, const char *object,
                   const char *reason, store_done_h *done, void *arg)
{
    struct audit_entry entry = audit_entry_of(clock_wall_ms(), actor, "recording_open", object,
                                              reason);
    struct store_batch *batch = NULL;
    int err = store_batch_alloc(&batch);
    if (!err)
        err = store_batch_audit(batch, &entry);
    if (!err)
        return store_commit(control->store, batch, done, arg);
    store_batch_free(batch);
    return err;
}

int recording_row_key(const struct control *control, const json_t *row, uint8_t key[VAULT_KEY_LEN])
{
    return recording_key(control, json_string_value(json_object_get(row, "id")),
                         json_string_value(json_object_get(row, "key_id")),
                         json_string_value(json_object_get(row, "key")), key);
}

struct listing {
    people_result_h *done;
    void *arg;
};

// Keys, though sealed, are nobody's business.
static void listed(void *arg, int err, json_t *rows)
{
    struct listing *listing = arg;
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        json_object_del(row, "key");
        json_object_del(row, "key_id");
    }
    listing->done(listing->arg, err, err ? &carriage_not_saved : NULL, rows);
    mem_free(listing);
}

void control_recordings(void *ops_arg, const struct caller *caller, const char *consultation,
                        people_result_h *done, void *arg)
{
    const struct control *control = ops_arg;
    const struct store_value values[] = {{.text = consultation}, {.text = caller->id}};
    struct listing *listing = mem_zalloc(sizeof(*listing));
    int err = listing ? 0 : ENOMEM;
    if (!err) {
        *listing = (struct listing){done, arg};
        err = store_list(control->store, STORE_RECORDINGS, values, 2, listed, listing);
    }
    if (err) {
        mem_free(listing);
        done(arg, err, &carriage_not_saved, NULL);
    }
}

// --- the operator's -----------------------------------------------------------------------------

static void glass_noted(void *arg, int err, int64_t first_event)
{
    struct glass *glass = &((struct control *)arg)->glass;
    (void)first_event;
    glass->running = false;
    if (!err)
        return;
    json_decref(glass->result);
    glass->result = NULL;
}

static void glass_found(void *arg, int err, json_t *rows)
{
    struct control *control = arg;
    struct glass *glass = &control->glass;
    uint8_t key[VAULT_KEY_LEN];
    char hex[RECORDING_KEY_TEXT], about[SEALED_ABOUT_MAX];
    const json_t *row = err ? NULL : json_array_get(rows, 0);
    glass->running = false;
    if (!row || recording_row_key(control, row, key) || recording_about(glass->id, about))
        return;
    text_hex(key, sizeof(key), hex);
    glass->result = json_pack("{s:b, s:s, s:s, s:s, s:s}", "done", 1, "directory",
                              control->config.data_dir, "id", glass->id, "about", about, "key",
                              hex);
    OPENSSL_cleanse(key, sizeof(key));
    OPENSSL_cleanse(hex, sizeof(hex));
    glass->running = glass->result && recording_note(control, "operator", glass->id, glass->reason,
                                                     glass_noted, control) == 0;
    if (glass->running)
        return;
    json_decref(glass->result);
    glass->result = NULL;
}

static json_t *glass_result(struct glass *glass, json_int_t job, const char **error)
{
    *error = "there is no such recording, its key is gone, or it could not be audited";
    if (job != glass->job || (!glass->running && !glass->result))
        return NULL;
    if (glass->running)
        return json_pack("{s:b}", "done", 0);
    json_t *result = glass->result;
    glass->result = NULL; // once
    return result;
}

json_t *control_break_glass(void *arg, const json_t *request, const char **error)
{
    struct control *control = arg;
    struct glass *glass = &control->glass;
    const char *id = json_string_value(json_object_get(request, "id"));
    const char *reason = json_string_value(json_object_get(request, "reason"));
    json_int_t job = json_integer_value(json_object_get(request, "job"));
    if (job)
        return glass_result(glass, job, error);
    *error = "--id is the recording's name without its ending, --reason says why (audited)";
    if (!id || !reason || !*reason || glass->running ||
        !text_copy(glass->id, sizeof(glass->id), id) ||
        !text_copy(glass->reason, sizeof(glass->reason), reason))
        return NULL;
    json_decref(glass->result);
    glass->result = NULL;
    const struct store_value values[] = {{.text = glass->id}};
    if (store_list(control->store, STORE_RECORDING, values, 1, glass_found, control) != 0)
        return NULL;
    glass->running = true;
    return json_pack("{s:I}", "job", ++glass->job);
}
