#include "signaling/records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/carriage.h"
#include "signaling/consult/words.h"
#include "signaling/earlier.h"
#include "signaling/record_errand.h"
#include "signaling/recording_read.h"
#include "signaling/viewing.h"

static const struct problem not_there = {404, "no-consultation", "Not found",
                                         "there is no such consultation", "consultation"};
static const struct problem newer = {409, "record-changed", "Not now", "there is a newer revision",
                                     "rev"};
static const struct problem too_many = {409, "too-many-revisions", "Not now",
                                        "this record has been saved too often; seal it", "rev"};

// --- who may ---------------------------------------------------------------------------------

static bool is_meeting(const struct consultation *row)
{
    return row->state == CONSULT_CONNECTED || row->state == CONSULT_SUSPENDED;
}

// Its lawyer, from the meeting on and for ever (not who is only offered what another one has passed
// on); its booth, while they meet; a later lawyer of the same resident, while that one agrees.
static bool may(const struct record_errand *errand, const struct store_record *stored)
{
    const struct consultation *row = &stored->row;
    if (errand->verb == RECORD_HEAR || errand->verb == RECORD_ANSWER)
        return errand->caller.role == ROLE_BOOTH && is_meeting(row) &&
               strcmp(row->booth, errand->caller.id) == 0;
    if (errand->verb == RECORD_GLANCE || errand->verb == RECORD_EARLIER)
        return strcmp(stored->state, record_state_name(RECORD_SEALED)) == 0 &&
               earlier_may(errand->control, &errand->caller, errand->meeting);
    bool has_met = row->connected_at && (is_meeting(row) || row->state == CONSULT_CLOSED);
    return errand->caller.role == ROLE_LAWYER && has_met &&
           strcmp(row->lawyer, errand->caller.id) == 0;
}

struct refusal {
    void (*done)(void *arg, int err);
    void *arg;
};

static void refusal_noted(void *arg, int err, int64_t first_event)
{
    struct refusal *refusal = arg;
    (void)first_event;
    refusal->done(refusal->arg, err);
    mem_free(refusal);
}

static int note_refusal(struct store_batch *batch, const struct caller *caller,
                        const char *consultation)
{
    // What a stranger made up is not kept.
    const char *object = consult_is_id(consultation) ? consultation : "";
    char actor[AUDIT_TEXT_MAX];
    audit_actor(actor, role_name(caller->role), caller->id);
    struct audit_entry entry = audit_entry_of(clock_wall_ms(), actor, "record_refused", object, "");
    return store_batch_audit(batch, &entry);
}

static void refused(void *ops_arg, const struct caller *caller, const char *consultation,
                    void (*done)(void *arg, int err), void *arg)
{
    struct control *control = ops_arg;
    struct store_batch *batch = NULL;
    struct refusal *refusal = mem_zalloc(sizeof(*refusal));
    int err = refusal ? store_batch_alloc(&batch) : ENOMEM;
    if (!err)
        err = note_refusal(batch, caller, consultation);
    if (!err) {
        *refusal = (struct refusal){done, arg};
        err = store_commit(control->store, batch, refusal_noted, refusal);
        batch = NULL;
    }
    if (!err)
        return;
    store_batch_free(batch);
    mem_free(refusal);
    done(arg, err);
}

static void turned_away(void *arg, int err)
{
    record_errand_fail(arg, err ? &carriage_not_saved : &not_there);
}

// --- telling ---------------------------------------------------------------------------------

// Only that there is something new: what it says is fetched by those who may.
static void tell(const struct record_errand *errand)
{
    char topic[STORE_TOPIC_MAX];
    const struct consultation *row = &errand->stored.row;
    const struct consultation *here = consult_of_booth(errand->control->consult, row->booth);
    bool reads = errand->was_reading || errand->record.state == RECORD_READBACK;
    json_t *data = json_pack("{s:s, s:s, s:I}", "consultation", errand->consultation, "state",
                             record_state_name(errand->record.state), "rev",
                             (json_int_t)errand->stored.n);
    char *body = data ? json_dumps(data, JSON_COMPACT) : NULL;
    json_decref(data);
    if (!body)
        return;
    snprintf(topic, sizeof(topic), "lawyer:%s", row->lawyer);
    api_tell(errand->control->api, topic, 0, "record", body);
    snprintf(topic, sizeof(topic), "booth:%s", row->booth);
    if (reads && here && strcmp(here->id, errand->consultation) == 0)
        api_tell(errand->control->api, topic, 0, "record", body);
    free(body);
}

// --- carrying out ----------------------------------------------------------------------------

static void look_up(struct record_errand *errand);

static bool changes(enum record_verb verb)
{
    return verb >= RECORD_WRITE && verb != RECORD_HEAR;
}

static void committed(void *arg, int err, int64_t first_event)
{
    struct record_errand *errand = arg;
    (void)first_event;
    if (err == EEXIST) { // another page was quicker: what it wrote is shown instead
        record_release(&errand->record);
        look_up(errand);
        return;
    }
    if (err) {
        log_error("record", "%s could not be saved: %s", errand->consultation, strerror(err));
        record_errand_fail(errand, &carriage_not_saved);
        return;
    }
    if (changes(errand->verb))
        tell(errand);
    record_errand_show(errand, NULL);
}

static void commit(struct record_errand *errand)
{
    struct store_batch *batch = NULL;
    int err = store_batch_alloc(&batch);
    if (!err)
        err = changes(errand->verb) ? record_errand_save(errand, batch)
                                    : record_errand_note(errand, batch, errand->meeting);
    if (err)
        store_batch_free(batch);
    else
        err = store_commit(errand->control->store, batch, committed, errand);
    if (err)
        record_errand_fail(errand, &carriage_not_saved);
}

static int apply(struct record_errand *errand, bool *changed, struct problem *problem)
{
    const struct record_frame frame = record_errand_frame(errand);
    struct record *record = &errand->record;
    *changed = true;
    switch (errand->verb) {
    case RECORD_WRITE:
        return record_write(record, &errand->control->limitations, errand->fields, changed,
                            problem);
    case RECORD_START:
        return record_read_back(record, problem);
    case RECORD_STOP:
        return record_stop(record, problem);
    case RECORD_ANSWER:
        return record_answer(record, errand->item, errand->right, problem);
    default:
        return record_seal(record, &frame, problem);
    }
}

// The answer to the first one was lost.
static bool is_sealed_again(const struct record_errand *errand)
{
    int64_t n = errand->stored.n;
    return errand->verb == RECORD_SEAL && errand->record.state == RECORD_SEALED &&
           (errand->rev == n || errand->rev + 1 == n);
}

static void change(struct record_errand *errand)
{
    struct problem problem;
    bool changed;
    if (is_sealed_again(errand))
        record_errand_show(errand, NULL);
    else if (errand->rev != errand->stored.n)
        record_errand_show(errand, &newer);
    else if (errand->stored.n >= RECORD_REVS_MAX && errand->verb != RECORD_SEAL)
        record_errand_fail(errand, &too_many);
    else if (apply(errand, &changed, &problem) != 0)
        record_errand_fail(errand, &problem);
    else if (changed)
        commit(errand);
    else
        record_errand_show(errand, NULL);
}

static void found(void *arg, int err, const struct store_record *stored)
{
    struct record_errand *errand = arg;
    if (err && err != ENOENT) {
        record_errand_fail(errand, &carriage_not_saved);
        return;
    }
    if (err || !may(errand, stored)) {
        refused(errand->control, &errand->caller, errand->consultation, turned_away, errand);
        return;
    }
    const struct problem *problem = record_errand_open(errand, stored);
    if (problem) {
        record_errand_fail(errand, problem);
        return;
    }
    errand->was_reading = errand->record.state == RECORD_READBACK;
    if (errand->was_reading && !is_meeting(&stored->row))
        errand->record.state = RECORD_DRAFTING; // nobody is there any more to hear it
    if (changes(errand->verb))
        change(errand);
    else if (errand->verb == RECORD_HEAR)
        record_errand_show(errand, NULL);
    else
        commit(errand);
}

static void look_up(struct record_errand *errand)
{
    int err = store_record(errand->control->store, errand->consultation, found, errand);
    if (err)
        record_errand_fail(errand, &carriage_not_saved);
}

static void carry(void *ops_arg, const struct record_command *command, record_result_h *done,
                  void *arg)
{
    struct control *control = ops_arg;
    if (!consult_is_id(command->consultation)) {
        done(arg, &not_there, NULL);
        return;
    }
    struct record_errand *errand = control->stopping ? NULL : record_errand_new(control, command);
    if (!errand) {
        done(arg, &carriage_not_saved, NULL);
        return;
    }
    errand->done = done;
    errand->arg = arg;
    look_up(errand);
}

// --- a lawyer's list -------------------------------------------------------------------------

struct listing {
    record_list_h *done;
    void *arg;
};

static json_t *brief_json(const struct store_record_brief *brief)
{
    return json_pack("{s:s, s:I, s:s, s:s, s:I, s:I, s:s}", "consultation", brief->consultation,
                     "ticket_no", (json_int_t)brief->ticket_no, "booth", brief->booth_name,
                     "category", brief->category, "connected_at", (json_int_t)brief->connected_at,
                     "ended_at", (json_int_t)brief->ended_at, "state",
                     *brief->state ? brief->state : "drafting");
}

static void listed(void *arg, int err, const struct store_record_brief *list, size_t count)
{
    struct listing *listing = arg;
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, brief_json(&list[i]));
    listing->done(listing->arg, err ? NULL : json_pack("{s:O}", "records", array));
    json_decref(array);
    mem_free(listing);
}

static void list_of(void *ops_arg, const char *lawyer, record_list_h *done, void *arg)
{
    struct control *control = ops_arg;
    struct listing *listing = mem_zalloc(sizeof(*listing));
    int err = ENOMEM;
    if (listing) {
        *listing = (struct listing){done, arg};
        err = store_records_of(control->store, lawyer, listed, listing);
    }
    if (err) {
        mem_free(listing);
        done(arg, NULL);
    }
}

// --- the key ---------------------------------------------------------------------------------

int records_prepare(struct control *control)
{
    char hash[SECRET_HASH_MAX], before[STORE_KEY_ID_MAX];
    char hex[2 * VAULT_KEY_LEN + 1];
    const char *file = control->config.record_key_file;
    int err = store_record_key_id(control->store, before);
    // A new key would make all records unreadable without anybody noticing.
    if (!err && *before && access(file, F_OK) != 0)
        err = ENOENT;
    if (!err)
        err = secret_file(file, control->record_key, VAULT_KEY_LEN);
    if (err) {
        log_error("record", "records.key_file: %s: %s", file,
                  err == ENOENT ? "the records' key is not there" : strerror(err));
        return err;
    }
    text_hex(control->record_key, VAULT_KEY_LEN, hex);
    secret_hash(hex, hash);
    text_copy(control->record_key_id, STORE_KEY_ID_MAX, hash); // its first 64 bits
    if (*before && strcmp(before, control->record_key_id) != 0)
        log_warn("record", "records.key_file: %s: not the key of older records, which stay closed",
                 file);
    return 0;
}

const struct record_ops control_records = {.carry = carry,
                                           .list = list_of,
                                           .recordings = control_recordings,
                                           .earlier = control_earlier,
                                           .earlier_record = control_earlier_record,
                                           .view = control_view,
                                           .view_piece = control_view_piece,
                                           .view_end = control_view_end,
                                           .refused = refused,
                                           .lay_out = records_lay_out};
