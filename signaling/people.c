#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/auth/secret.h"
#include "signaling/control_inside.h"

// The api's people table on the store: who is who.

#define DONE_SHOWN_MS   (30 * 86400000LL)
#define SESSION_IDLE_MS (30 * 60 * 1000LL)

struct inquiry {
    struct control *control;
    people_caller_h *done;
    void *arg;
    struct caller caller;
    char session_hash[SECRET_HASH_MAX];
};

static struct inquiry *inquiry_new(void *ops_arg, people_caller_h *done, void *arg)
{
    struct inquiry *inquiry = mem_zalloc(sizeof(*inquiry));
    if (!inquiry) {
        done(arg, EAGAIN, NULL);
        return NULL;
    }
    inquiry->control = ops_arg;
    inquiry->done = done;
    inquiry->arg = arg;
    return inquiry;
}

// Anything but "there is no such person" is a trouble of ours.
static void finish(struct inquiry *inquiry, int err)
{
    inquiry->done(inquiry->arg, err == 0 || err == ENOENT ? err : EAGAIN,
                  err ? NULL : &inquiry->caller);
    mem_free(inquiry);
}

static void fill_user(struct caller *caller, const struct store_user *user)
{
    caller->role = user->role;
    text_copy(caller->id, sizeof(caller->id), user->id);
    text_copy(caller->name, sizeof(caller->name), user->display_name);
    text_copy(caller->account, sizeof(caller->account), user->name);
    caller->has_factor = *user->factor;
    caller->scope = user->scope;
}

static void got_user(void *arg, int err, const struct store_user *user)
{
    struct inquiry *inquiry = arg;
    if (!err)
        fill_user(&inquiry->caller, user);
    finish(inquiry, err);
}

static void got_booth(void *arg, int err, const struct store_booth *booth)
{
    struct inquiry *inquiry = arg;
    if (!err) {
        struct caller *caller = &inquiry->caller;
        caller->role = ROLE_BOOTH;
        caller->generation = booth->generation;
        text_copy(caller->id, sizeof(caller->id), booth->id);
        text_copy(caller->name, sizeof(caller->name), booth->name);
        text_copy(caller->centre, sizeof(caller->centre), booth->centre_name);
    }
    finish(inquiry, err);
}

static void got_member(void *arg, int err, const struct store_member *member)
{
    struct inquiry *inquiry = arg;
    if (!err) {
        struct caller *caller = &inquiry->caller;
        caller->role = ROLE_MEMBER;
        text_copy(caller->id, sizeof(caller->id), member->id);
        text_copy(caller->name, sizeof(caller->name), member->name);
        text_copy(caller->lecture, sizeof(caller->lecture), member->lecture);
    }
    finish(inquiry, err);
}

static void got_nothing(void *arg, int err)
{
    finish(arg, err);
}

// --- signed in and out --------------------------------------------------------------------------

static void session_user(void *ops_arg, const char *session, people_caller_h *done, void *arg)
{
    struct inquiry *inquiry = inquiry_new(ops_arg, done, arg);
    if (!inquiry)
        return;
    secret_hash(session, inquiry->session_hash);
    int err = store_session_use(inquiry->control->store, inquiry->session_hash, clock_wall_ms(),
                                SESSION_IDLE_MS, got_user, inquiry);
    if (err)
        finish(inquiry, err);
}

static void sign_out(void *ops_arg, const char *session, people_caller_h *done, void *arg)
{
    struct inquiry *inquiry = inquiry_new(ops_arg, done, arg);
    if (!inquiry)
        return;
    secret_hash(session, inquiry->session_hash);
    int err = store_session_end(inquiry->control->store, inquiry->session_hash, clock_wall_ms(),
                                got_nothing, inquiry);
    if (err)
        finish(inquiry, err);
}

// --- devices and links -------------------------------------------------------------------------

static void enrol(void *ops_arg, const char *code, people_caller_h *done, void *arg)
{
    struct inquiry *inquiry = inquiry_new(ops_arg, done, arg);
    char hash[SECRET_HASH_MAX];
    if (!inquiry)
        return;
    secret_hash(code, hash);
    int err = store_booth_enrol(inquiry->control->store, hash, clock_wall_ms(), got_booth, inquiry);
    if (err)
        finish(inquiry, err);
}

static void booth(void *ops_arg, const char *id, people_caller_h *done, void *arg)
{
    struct inquiry *inquiry = inquiry_new(ops_arg, done, arg);
    int err = inquiry ? store_booth_by_id(inquiry->control->store, id, got_booth, inquiry) : 0;
    if (err)
        finish(inquiry, err);
}

static void member(void *ops_arg, const char *id, people_caller_h *done, void *arg)
{
    struct inquiry *inquiry = inquiry_new(ops_arg, done, arg);
    int err = inquiry ? store_member_by_id(inquiry->control->store, id, got_member, inquiry) : 0;
    if (err)
        finish(inquiry, err);
}

static void member_by_link(void *ops_arg, const char *link, people_caller_h *done, void *arg)
{
    struct inquiry *inquiry = inquiry_new(ops_arg, done, arg);
    char hash[SECRET_HASH_MAX];
    if (!inquiry)
        return;
    secret_hash(link, hash);
    int err = store_member_by_link(inquiry->control->store, hash, got_member, inquiry);
    if (err)
        finish(inquiry, err);
}

// --- events and a look -------------------------------------------------------------------------

struct replay {
    people_events_h *done;
    void *arg;
};

static void got_events(void *arg, int err, const struct store_event *events, size_t count, bool gap)
{
    struct replay *replay = arg;
    struct people_event *list = count ? mem_array(count, sizeof(*list)) : NULL;
    for (size_t i = 0; list && i < count; i++)
        list[i] = (struct people_event){events[i].n, events[i].kind, events[i].body};
    replay->done(replay->arg, err, list, list ? count : 0, gap || (count && !list));
    mem_free(list);
    mem_free(replay);
}

static void events_since(void *ops_arg, const char *const *topics, size_t count, int64_t since,
                         people_events_h *done, void *arg)
{
    struct control *control = ops_arg;
    struct replay *replay = mem_zalloc(sizeof(*replay));
    int err = ENOMEM;
    if (replay) {
        *replay = (struct replay){done, arg};
        err = store_events_since(control->store, topics, count, since, STORE_EVENTS_MAX, got_events,
                                 replay);
    }
    if (err) {
        mem_free(replay);
        done(arg, err, NULL, 0, true);
    }
}

struct listing {
    people_result_h *done;
    void *arg;
};

static void got_list(void *arg, int err, json_t *rows)
{
    struct listing *listing = arg;
    listing->done(listing->arg, err, NULL, rows);
    mem_free(listing);
}

// What each list is asked with, a letter a value: 'k' the key, 'h' the hash of the session, 'n'
// now, 'd' since when things that are done are shown.
static const struct {
    enum store_list list;
    const char *values;
} lists[] = {
    [PEOPLE_USERS] = {STORE_USERS, ""},
    [PEOPLE_START] = {STORE_START, ""},
    [PEOPLE_SHIFTS] = {STORE_SHIFTS, "n"},
    [PEOPLE_BOOTHS] = {STORE_BOOTHS, ""},
    [PEOPLE_AUDIT] = {STORE_AUDIT, ""},
    [PEOPLE_TASKS] = {STORE_TASKS, "dn"},
    [PEOPLE_SESSIONS] = {STORE_SESSIONS, "kh"},
    [PEOPLE_PHOTO] = {STORE_PHOTO, "k"},
    [PEOPLE_PLACES] = {STORE_PLACES, ""},
    [PEOPLE_SWAPS] = {STORE_SWAPS, "kn"},
    [PEOPLE_APPOINTMENTS] = {STORE_APPOINTMENTS, "d"},
    [PEOPLE_MY_APPOINTMENTS] = {STORE_APPOINTMENTS_OF, "kn"},
};

static struct store_value asked_with(char letter, const char *key, const char *hash)
{
    int64_t now_ms = clock_wall_ms();
    switch (letter) {
    case 'k':
        return (struct store_value){.text = key};
    case 'h':
        return (struct store_value){.text = hash};
    case 'd':
        return (struct store_value){.number = now_ms - DONE_SHOWN_MS};
    default:
        return (struct store_value){.number = now_ms};
    }
}

static void list(void *ops_arg, enum people_list list, const char *key, const char *session,
                 people_result_h *done, void *arg)
{
    char hash[SECRET_HASH_MAX] = "";
    const char *letters = lists[list].values;
    struct store_value values[2] = {{0}};
    if (session && strchr(letters, 'h'))
        secret_hash(session, hash);
    for (size_t i = 0; letters[i]; i++)
        values[i] = asked_with(letters[i], key, hash);
    struct listing *listing = mem_zalloc(sizeof(*listing));
    int err = ENOMEM;
    if (listing) {
        *listing = (struct listing){done, arg};
        err = store_list(((struct control *)ops_arg)->store, lists[list].list, values,
                         strlen(letters), got_list, listing);
    }
    if (err) {
        mem_free(listing);
        done(arg, err, NULL, NULL);
    }
}

static void verified(void *arg, int err, int64_t entries)
{
    struct listing *listing = arg;
    bool whole = !err;
    json_t *result = json_pack("{s:I, s:b}", "entries", (json_int_t)entries, "whole", (int)whole);
    listing->done(listing->arg, err == EBADMSG ? 0 : err, NULL, result);
    json_decref(result);
    mem_free(listing);
}

static void verify_audit(void *ops_arg, people_result_h *done, void *arg)
{
    struct listing *listing = mem_zalloc(sizeof(*listing));
    int err = ENOMEM;
    if (listing) {
        *listing = (struct listing){done, arg};
        err = store_audit_verify(((struct control *)ops_arg)->store, verified, listing);
    }
    if (err) {
        mem_free(listing);
        done(arg, err, NULL, NULL);
    }
}

static const struct consult *clinic(void *ops_arg)
{
    return ((struct control *)ops_arg)->consult;
}

static const struct lectures *lectures(void *ops_arg)
{
    return ((struct control *)ops_arg)->lectures;
}

static int64_t last_event(void *ops_arg)
{
    return ((struct control *)ops_arg)->last_event;
}

static bool ready(void *ops_arg)
{
    return !((struct control *)ops_arg)->draining;
}

const struct people_ops control_people = {.sign_in = control_sign_in,
                                          .enrol_factor = control_enrol_factor,
                                          .account = control_account,
                                          .desk = control_desk,
                                          .place = control_place,
                                          .unlock = control_unlock,
                                          .prompt = control_prompt,
                                          .has_own_prompt = control_has_own_prompt,
                                          .verify_audit = verify_audit,
                                          .report = control_report,
                                          .list = list,
                                          .session_user = session_user,
                                          .sign_out = sign_out,
                                          .enrol = enrol,
                                          .booth = booth,
                                          .member = member,
                                          .member_by_link = member_by_link,
                                          .consult = carry_consult,
                                          .lecture = carry_lecture,
                                          .events_since = events_since,
                                          .clinic = clinic,
                                          .lectures = lectures,
                                          .last_event = last_event,
                                          .metrics = control_metrics,
                                          .ready = ready};
