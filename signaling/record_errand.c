#include "signaling/record_errand.h"

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
#include "signaling/carriage.h"

static const struct problem no_key = {503, "record-key-missing", "Not available now",
                                      "the key of this record is not here; ask the administrator",
                                      NULL};
static const struct problem damaged = {500, "record-damaged", "Damaged",
                                       "this record is not as it was saved; ask the administrator",
                                       NULL};

struct record_errand *record_errand_new(struct control *control,
                                        const struct record_command *command)
{
    struct record_errand *errand = mem_zalloc(sizeof(*errand));
    if (!errand)
        return NULL;
    errand->control = control;
    errand->verb = command->verb;
    errand->caller = *command->caller;
    errand->rev = command->rev;
    errand->fields = json_incref((json_t *)command->fields);
    errand->right = command->right;
    text_copy(errand->consultation, sizeof(errand->consultation), command->consultation);
    text_copy(errand->meeting, sizeof(errand->meeting), command->meeting ? command->meeting : "");
    text_copy(errand->item, sizeof(errand->item), command->item ? command->item : "");
    return errand;
}

void record_errand_free(struct record_errand *errand)
{
    record_release(&errand->record);
    json_decref(errand->fields);
    OPENSSL_cleanse(errand->key, sizeof(errand->key));
    mem_free(errand);
}

struct record_frame record_errand_frame(const struct record_errand *errand)
{
    const struct store_record *stored = &errand->stored;
    return (struct record_frame){.day = stored->row.day,
                                 .ticket_no = stored->row.ticket_no,
                                 .centre = stored->centre_name,
                                 .booth = stored->booth_name,
                                 .category = stored->row.category,
                                 .language = stored->row.language,
                                 .lawyer = stored->lawyer_name,
                                 .licence_no = stored->licence_no,
                                 .law_firm = stored->law_firm,
                                 .began_ms = stored->row.connected_at,
                                 .ended_ms = stored->row.ended_at};
}

void record_errand_fail(struct record_errand *errand, const struct problem *problem)
{
    errand->done(errand->arg, problem, NULL);
    record_errand_free(errand);
}

void record_errand_show(struct record_errand *errand, const struct problem *problem)
{
    const struct record_frame frame = record_errand_frame(errand);
    if (errand->record.state != RECORD_SEALED && record_fill(&errand->record, &frame) != 0) {
        record_errand_fail(errand, &carriage_not_saved);
        return;
    }
    const struct record_view view = {.record = &errand->record,
                                     .consultation = errand->consultation,
                                     .hash = errand->hash,
                                     .phone = errand->stored.centre_phone,
                                     .rev = errand->stored.n,
                                     .saved_at = errand->stored.at_ms,
                                     .now_ms = clock_wall_ms(),
                                     .limitations = &errand->control->limitations};
    errand->done(errand->arg, problem, &view);
    record_errand_free(errand);
}

// --- opening ---------------------------------------------------------------------------------

static void about_key(const struct record_errand *errand, char about[128])
{
    snprintf(about, 128, "record key %s", errand->consultation);
}

static void about_body(const struct record_errand *errand, char about[128])
{
    snprintf(about, 128, "record %s %lld %lld", errand->consultation, (long long)errand->stored.n,
             (long long)errand->stored.at_ms);
}

static int open_body(struct record_errand *errand, const struct store_record *stored)
{
    char about[128];
    enum record_state state;
    size_t len = stored->body_len - VAULT_EXTRA;
    char *text = stored->body_len > VAULT_EXTRA ? mem_zalloc(len + 1) : NULL;
    if (!text)
        return stored->body_len > VAULT_EXTRA ? ENOMEM : EBADMSG;
    about_body(errand, about);
    int err = vault_open(errand->key, about, stored->body, stored->body_len, text);
    if (!err)
        err = record_state_parse(stored->state, &state);
    if (!err)
        err = record_parse(&errand->record, state, text, len);
    if (!err && state == RECORD_SEALED)
        record_hash(text, errand->hash);
    OPENSSL_cleanse(text, len);
    mem_free(text);
    return err;
}

// What was sealed is what the audit log says was sealed.
static bool is_as_sealed(const struct record_errand *errand)
{
    char seal[AUDIT_TEXT_MAX];
    snprintf(seal, sizeof(seal), "sha256:%s rev %lld", errand->hash, (long long)errand->stored.n);
    return errand->record.state != RECORD_SEALED || strcmp(seal, errand->stored.seal) == 0;
}

static int begin(struct record_errand *errand)
{
    char about[128];
    const struct record_frame frame = record_errand_frame(errand);
    random_bytes(errand->key, sizeof(errand->key));
    about_key(errand, about);
    text_copy(errand->stored.key_id, STORE_KEY_ID_MAX, errand->control->record_key_id);
    int err = vault_seal(errand->control->record_key, about, errand->key, VAULT_KEY_LEN,
                         errand->stored.key);
    return err ? err : record_begin(&errand->record, &frame);
}

const struct problem *record_errand_open(struct record_errand *errand,
                                         const struct store_record *stored)
{
    char about[128];
    errand->stored = *stored;
    errand->stored.body = NULL;
    if (!stored->n)
        return begin(errand) ? &carriage_not_saved : NULL;
    if (strcmp(stored->key_id, errand->control->record_key_id) != 0)
        return &no_key;
    about_key(errand, about);
    int err = vault_open(errand->control->record_key, about, stored->key, STORE_RECORD_KEY_LEN,
                         errand->key);
    if (!err)
        err = open_body(errand, stored);
    if (err == ENOMEM)
        return &carriage_not_saved;
    if (!err && is_as_sealed(errand))
        return NULL;
    log_error("record", "%s, revision %lld: not as it was saved", errand->consultation,
              (long long)stored->n);
    return &damaged;
}

// --- saving ----------------------------------------------------------------------------------

int record_errand_note(const struct record_errand *errand, struct store_batch *batch,
                       const char *detail)
{
    static const char *const actions[RECORD_VERBS] = {
        [RECORD_READ] = "record_read",     [RECORD_PRINT] = "record_print",
        [RECORD_EXPORT] = "record_export", [RECORD_GLANCE] = "earlier_list",
        [RECORD_EARLIER] = "earlier_read", [RECORD_WRITE] = "record_begin",
        [RECORD_START] = "readback_start", [RECORD_STOP] = "readback_stop",
        [RECORD_SEAL] = "record_seal",     [RECORD_ANSWER] = "readback_answer"};
    char actor[AUDIT_TEXT_MAX];
    audit_actor(actor, role_name(errand->caller.role), errand->caller.id);
    struct audit_entry entry = audit_entry_of(clock_wall_ms(), actor, actions[errand->verb],
                                              errand->consultation, detail);
    return store_batch_audit(batch, &entry);
}

static void fill_rev(const struct record_errand *errand, struct store_record_rev *rev)
{
    const struct store_record *stored = &errand->stored;
    text_copy(rev->consultation, sizeof(rev->consultation), errand->consultation);
    text_copy(rev->state, sizeof(rev->state), record_state_name(errand->record.state));
    text_copy(rev->key_id, sizeof(rev->key_id), stored->key_id);
    memcpy(rev->key, stored->key, sizeof(rev->key));
    rev->n = stored->n;
    rev->at_ms = stored->at_ms;
    snprintf(rev->author, sizeof(rev->author), "%s:%s", role_name(errand->caller.role),
             errand->caller.id);
}

static int add_sealed(const struct record_errand *errand, struct store_batch *batch,
                      const char *text)
{
    char about[128];
    struct store_record_rev rev = {.body_len = strlen(text) + VAULT_EXTRA};
    uint8_t *sealed = mem_zalloc(rev.body_len);
    if (!sealed)
        return ENOMEM;
    fill_rev(errand, &rev);
    about_body(errand, about);
    rev.body = sealed;
    int err = vault_seal(errand->key, about, text, strlen(text), sealed);
    if (!err)
        err = store_batch_record(batch, &rev);
    mem_free(sealed);
    return err;
}

// Less than seven days are left: the desk sees to it that aid is asked for in time. It learns of
// which consultation, and nothing that stands in the record.
static int add_urgent(struct record_errand *errand, struct store_batch *batch)
{
    struct record_advice advice;
    const struct record_frame frame = record_errand_frame(errand);
    const struct store_value task[] = {
        {.text = "urgent_aid"}, {.text = errand->consultation}, {.number = errand->stored.at_ms}};
    bool is_filled = errand->record.state == RECORD_SEALED;
    int err = is_filled ? 0 : record_fill(&errand->record, &frame);
    if (err)
        return err;
    record_advise(&errand->record, errand->stored.at_ms, &advice);
    return advice.urgent ? store_batch_write(batch, STORE_ADD_TASK_ONCE, task, 3) : 0;
}

int record_errand_save(struct record_errand *errand, struct store_batch *batch)
{
    char detail[AUDIT_TEXT_MAX] = "";
    char *text = record_text(&errand->record);
    if (!text)
        return ENOMEM;
    errand->stored.n++;
    errand->stored.at_ms = clock_wall_ms();
    int err = strlen(text) > RECORD_TEXT_MAX ? EMSGSIZE : add_sealed(errand, batch, text);
    if (errand->verb == RECORD_SEAL) {
        record_hash(text, errand->hash);
        snprintf(detail, sizeof(detail), "sha256:%s rev %lld", errand->hash,
                 (long long)errand->stored.n);
    } else if (errand->verb == RECORD_ANSWER) {
        snprintf(detail, sizeof(detail), "%s %s", errand->item, errand->right ? "right" : "change");
    }
    if (!err && (errand->verb != RECORD_WRITE || errand->stored.n == 1))
        err = record_errand_note(errand, batch, detail);
    if (!err)
        err = add_urgent(errand, batch);
    OPENSSL_cleanse(text, strlen(text));
    free(text);
    return err;
}
