#pragma once
#include <limits.h>
#include <pthread.h>

#include "gateway/base/inbox.h"
#include "signaling/store/papers.h"
#include "signaling/store/purge.h"
#include "signaling/store/records.h"
#include "signaling/store/seed.h"
#include "signaling/store/store.h"
#include "signaling/store/values.h"

// What the files of this folder share: jobs on their way to the store thread and back, and what a
// database must be able to do. No other folder includes this.

#define STORE_BODY_MAX    65536
#define STORE_EVENTS_KEPT 100000 // older ones are deleted

enum job_kind {
    JOB_COMMIT,
    JOB_RELOAD,
    JOB_EVENTS,
    JOB_USER_BY_NAME,
    JOB_USER_BY_ID,
    JOB_BOOTH_ENROL,
    JOB_BOOTH_BY_ID,
    JOB_MEMBER_BY_LINK,
    JOB_MEMBER_BY_ID,
    JOB_SESSION_ADD,
    JOB_SESSION_USE,
    JOB_SESSION_END,
    JOB_LIST,
    JOB_AUDIT_VERIFY,
    JOB_RECORD,
    JOB_RECORDS_OF,
    JOB_PURGE,
    JOB_COUNT,
    JOB_PAPERS,
    JOB_STOP,
    JOB_KINDS
};

enum item_kind {
    ITEM_CONSULTATION,
    ITEM_DUTY,
    ITEM_RATING,
    ITEM_ALARM,
    ITEM_CONSENT,
    ITEM_WRITE,
    ITEM_MESSAGE,
    ITEM_APPOINTMENT,
    ITEM_LECTURE,
    ITEM_EVENT,
    ITEM_AUDIT,
    ITEM_RECORD,
    ITEM_PAPER,
    ITEM_PARTY
};

struct batch_event {
    int64_t at_ms;
    char topic[STORE_TOPIC_MAX];
    char kind[STORE_TOPIC_MAX];
    char *body;
};

struct batch_write {
    enum store_write write;
    struct store_values *values;
};

struct batch_item {
    struct batch_item *next;
    enum item_kind kind;
    union {
        struct consultation consultation;
        struct consult_duty duty;
        struct consult_rating rating;
        struct consult_alarm alarm;
        struct consult_consent consent;
        struct consult_message message;
        struct consult_appointment appointment;
        struct consult_party party;
        struct lecture lecture;
        struct batch_event event;
        struct batch_write write;
        struct audit_entry audit;
        struct store_record_rev record;
        struct store_paper paper;
    };
};

struct store_batch {
    struct batch_item *first, **last;
    size_t count;
};

struct event_page {
    char topics[STORE_TOPICS_MAX][STORE_TOPIC_MAX];
    size_t topic_count;
    size_t max;
    struct store_event *list; // `max` places; the texts are the page's
    size_t count;
    bool gap;
};

struct purge_request {
    int64_t until_ms[STORE_CLASSES];
    char recordings[PATH_MAX];
    char actor[AUDIT_TEXT_MAX];
    bool dry_run;
};

// One job, there and back. `key`, `other`, `number`, `span_ms` are arguments; `number` is also a
// result.
struct job {
    struct msg msg; // msg.kind is the enum job_kind
    int err;
    char key[STORE_TEXT_MAX];
    char other[STORE_TEXT_MAX];
    int64_t number;
    int64_t span_ms;
    struct store_batch *batch;
    struct event_page *page;
    struct purge_request *purge;
    struct store_values *values; // of a list or of a sign-in
    json_t *rows;                // of a list
    struct count *count;
    struct consult *consult; // of a reload
    struct lectures *lectures;
    struct store_record *record;       // of one
    struct store_record_brief *briefs; // of a lawyer's
    struct store_papers *papers;       // kept of a consultation
    union {
        struct store_user user;
        struct store_booth booth;
        struct store_member member;
    };
    union {
        store_done_h *commit;
        store_reload_h *reload;
        store_events_h *events;
        store_user_h *user;
        store_booth_h *booth;
        store_member_h *member;
        store_plain_h *plain;
        store_audit_h *audit;
        store_record_h *record;
        store_records_h *records;
        store_papers_h *papers;
        store_list_h *list;
        store_count_h *count;
    } done;
    void *arg;
};

// A database: opened on the control thread, then used by the store thread alone.
struct store_backend {
    const char *scheme; // "sqlite:"
    int (*open)(void **dbp, const char *place);
    void (*close)(void *db);
    int (*load)(void *db, struct consult *consult, struct lectures *lectures, int64_t *last_event);
    int (*seed)(void *db, const struct store_seed *seed);
    int (*run)(void *db, struct job *job); // sets the job's results, returns its error
    // So many JOB_COMMITs in one transaction: all of them, or none and the error.
    int (*run_together)(void *db, struct msg *first, size_t count);
    int (*seal_rows)(void *db, const uint8_t key[VAULT_KEY_LEN]);
    int (*record_key_id)(void *db, char key_id[STORE_KEY_ID_MAX]);
    // From outside, as archive.h says.
    int (*check_audit)(const char *place, int64_t *entries);
    int (*audit_at)(const char *place, int64_t n, int64_t *entries, uint8_t *hash);
    int (*check)(const char *place, int64_t *entries);
    int (*copy)(const char *place, const char *to);
};

extern const struct store_backend store_sqlite;

struct store {
    const struct store_backend *backend;
    void *db;
    struct loop *loop;
    struct inbox *jobs;    // to the store thread
    struct inbox *answers; // to the control thread
    struct job *stop;      // made at the start, so that stopping cannot fail
    size_t under_way;      // control thread's count
    bool is_running;
    pthread_t thread;
};

// store.c. EINVAL for a url of no known kind; `*place` is what stands behind the scheme.
int store_find_backend(const char *url, const struct store_backend **backend, const char **place);
// Gives the job away; EAGAIN when too many are under way (the job is then freed).
int store_submit(struct store *store, struct job *job);
// ask.c
// A key too long to be in the database is not looked for.
struct job *job_new(enum job_kind kind, const char *key, void *arg);
void job_free(struct job *job);
void job_answer(struct job *job);
// records.c
void job_free_record(struct job *job);
void job_answer_record(struct job *job);
void job_answer_records(struct job *job);
// papers.c
void job_answer_papers(struct job *job);
// batch.c
void event_page_free(struct event_page *page);
