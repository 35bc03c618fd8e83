#include <errno.h>

#include "gateway/base/list.h"
#include "signaling/consult/words.h"
#include "signaling/store/sqlite.h"

// One batch in one transaction.
struct commit {
    struct db *db;
    int64_t first_event, last_event;
};

static int put_consultation(struct commit *commit, struct batch_item *item)
{
    const struct consultation *row = &item->consultation;
    return sql_run(commit->db, SQL_PUT_CONSULTATION, "tiitntttttttttiiiiiitittit", row->id,
                   row->day, row->ticket_no, row->booth, row->lawyer, row->declined_by,
                   row->conflicts, row->key, row->category, row->language, row->consent,
                   consult_identity_name(row->identity), consult_state_name(row->state),
                   consult_end_name(row->end_reason), row->asked_at, row->offered_at,
                   row->offer_expires_at, row->connected_at, row->suspended_at, row->ended_at,
                   row->colleague, row->colleague_at, row->handed_by, row->wanted,
                   row->transfer_until, row->parked);
}

static int put_duty(struct commit *commit, struct batch_item *item)
{
    const struct consult_duty *row = &item->duty;
    return sql_run(commit->db, SQL_PUT_DUTY, "tiii", row->lawyer, (int64_t)row->on_duty, row->since,
                   row->last_served_at);
}

static int add_rating(struct commit *commit, struct batch_item *item)
{
    const struct consult_rating *row = &item->rating;
    return sql_run(commit->db, SQL_ADD_RATING, "tii", row->consultation, row->score, row->rated_at);
}

static int put_party(struct commit *commit, struct batch_item *item)
{
    const struct consult_party *row = &item->party;
    return sql_run(commit->db, SQL_PUT_PARTY, "tttttttiiiii", row->id, row->consultation,
                   consult_role_name(row->role), row->name, consult_party_state_name(row->state),
                   consult_party_end_name(row->end_reason), row->link_hash, row->asked_at,
                   row->expires_at, row->answered_at, row->entered_at, row->ended_at);
}

static int put_alarm(struct commit *commit, struct batch_item *item)
{
    const struct consult_alarm *row = &item->alarm;
    return sql_run(commit->db, SQL_PUT_ALARM, "itnnnii", row->id, consult_alarm_name(row->kind),
                   row->booth, row->lawyer, row->consultation, row->raised_at, row->closed_at);
}

static int put_consent(struct commit *commit, struct batch_item *item)
{
    const struct consult_consent *row = &item->consent;
    return sql_run(commit->db, SQL_PUT_CONSENT, "tittitii", row->consultation, row->n, row->party,
                   consult_consent_name(row->kind), (int64_t)row->is_given, row->wording, row->at,
                   row->withdrawn_at);
}

static int put_message(struct commit *commit, struct batch_item *item)
{
    return db_put_message(commit->db, &item->message);
}

static int put_appointment(struct commit *commit, struct batch_item *item)
{
    return db_put_appointment(commit->db, &item->appointment);
}

static int put_lecture(struct commit *commit, struct batch_item *item)
{
    const struct lecture *row = &item->lecture;
    int err = sql_run(commit->db, SQL_PUT_LECTURE, "tiit", lecture_state_name(row->state),
                      row->started_at, row->ended_at, row->id);
    if (err)
        return err;
    return sqlite3_changes(commit->db->handle) ? 0 : EINVAL;
}

static int add_event(struct commit *commit, struct batch_item *item)
{
    const struct batch_event *event = &item->event;
    int err = sql_run(commit->db, SQL_ADD_EVENT, "ittt", event->at_ms, event->topic, event->kind,
                      event->body);
    if (err)
        return err;
    commit->last_event = sqlite3_last_insert_rowid(commit->db->handle);
    if (!commit->first_event)
        commit->first_event = commit->last_event;
    return 0;
}

static int add_audit(struct commit *commit, struct batch_item *item)
{
    return db_audit_add(commit->db, &item->audit);
}

static int add_record(struct commit *commit, struct batch_item *item)
{
    return db_record_add(commit->db, &item->record);
}

static int keep_paper(struct commit *commit, struct batch_item *item)
{
    return db_paper_keep(commit->db, &item->paper);
}

static int put_write(struct commit *commit, struct batch_item *item)
{
    return db_write(commit->db, item->write.write, item->write.values);
}

static int (*const writers[])(struct commit *commit, struct batch_item *item) = {
    [ITEM_CONSULTATION] = put_consultation,
    [ITEM_DUTY] = put_duty,
    [ITEM_RATING] = add_rating,
    [ITEM_ALARM] = put_alarm,
    [ITEM_PARTY] = put_party,
    [ITEM_CONSENT] = put_consent,
    [ITEM_WRITE] = put_write,
    [ITEM_MESSAGE] = put_message,
    [ITEM_APPOINTMENT] = put_appointment,
    [ITEM_LECTURE] = put_lecture,
    [ITEM_EVENT] = add_event,
    [ITEM_AUDIT] = add_audit,
    [ITEM_RECORD] = add_record,
    [ITEM_PAPER] = keep_paper,
};

// Every thousandth event or so, the oldest go.
static int prune(const struct commit *commit)
{
    if (commit->first_event / 1000 == commit->last_event / 1000)
        return 0;
    return sql_run(commit->db, SQL_PRUNE_EVENTS, "i", commit->last_event - STORE_EVENTS_KEPT);
}

static int put_all(struct commit *commit, struct batch_item *item)
{
    int err = 0;
    for (; item && !err; item = item->next)
        err = writers[item->kind](commit, item);
    return err ? err : prune(commit);
}

static int put_job(struct db *db, struct job *job)
{
    struct commit commit = {.db = db};
    int err = put_all(&commit, job->batch->first);
    job->number = err ? 0 : commit.first_event;
    return err;
}

int db_commit(struct db *db, struct job *job)
{
    int err = db_begin(db);
    return err ? err : db_end(db, put_job(db, job));
}

static int put_jobs(struct db *db, struct msg *msg, size_t count)
{
    int err = 0;
    for (; count && !err; count--, msg = msg->next)
        err = put_job(db, container_of(msg, struct job, msg));
    return err;
}

int db_commit_together(struct db *db, struct msg *first, size_t count)
{
    int err = db_begin(db);
    return err ? err : db_end(db, put_jobs(db, first, count));
}
