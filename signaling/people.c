#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/auth/password.h"
#include "signaling/auth/secret.h"
#include "signaling/control_inside.h"

// The api's people table on the store: who is who.

#define SESSION_IDLE_MS (30 * 60 * 1000LL)

struct inquiry {
    struct control *control;
    people_caller_h *done;
    void *arg;
    struct caller caller;
    // sign-in only:
    char session_hash[SECRET_HASH_MAX];
    char password[PASSWORD_MAX + 1];
    char encoded[PASSWORD_ENCODED_MAX];
    bool known;
    int err;
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
    OPENSSL_cleanse(inquiry->password, sizeof(inquiry->password));
    mem_free(inquiry);
}

static void fill_user(struct caller *caller, const struct store_user *user)
{
    caller->role = user->role;
    text_copy(caller->id, sizeof(caller->id), user->id);
    text_copy(caller->name, sizeof(caller->name), user->display_name);
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

// --- signing in: look up, check the password on a work thread, open the session ------------------

static void check_password(void *arg)
{
    struct inquiry *inquiry = arg;
    inquiry->err = password_check(inquiry->password, inquiry->known ? inquiry->encoded : NULL);
}

// Who tries passwords is seen later. What a stranger typed as a name is not kept: people type
// passwords there, too.
static void note_refusal(const struct inquiry *inquiry)
{
    struct audit_entry entry = {.at_ms = clock_wall_ms(), .action = "sign_in_refused"};
    snprintf(entry.actor, sizeof(entry.actor), "user:%s",
             inquiry->known ? inquiry->caller.id : "unknown");
    store_audit(inquiry->control->store, &entry);
}

static void password_checked(void *arg)
{
    struct inquiry *inquiry = arg;
    int err = inquiry->err == EACCES || inquiry->err == EINVAL ? ENOENT : inquiry->err;
    if (err == ENOENT)
        note_refusal(inquiry);
    if (!err)
        err = store_session_add(inquiry->control->store, inquiry->session_hash, inquiry->caller.id,
                                clock_wall_ms(), got_nothing, inquiry);
    if (err)
        finish(inquiry, err);
}

// An unknown name takes as long as a wrong password.
static void got_sign_in(void *arg, int err, const struct store_user *user)
{
    struct inquiry *inquiry = arg;
    inquiry->known = !err && role_may(user->role, RIGHT_SIGN_IN);
    if (inquiry->known) {
        fill_user(&inquiry->caller, user);
        text_copy(inquiry->encoded, sizeof(inquiry->encoded), user->password);
    }
    inquiry->err = EAGAIN; // until it was looked at
    if (!err || err == ENOENT)
        err = work_do(inquiry->control->work, check_password, password_checked, inquiry);
    if (err)
        finish(inquiry, err);
}

static void sign_in(void *ops_arg, const char *name, const char *password, const char *session,
                    people_caller_h *done, void *arg)
{
    struct inquiry *inquiry = inquiry_new(ops_arg, done, arg);
    if (!inquiry)
        return;
    text_copy(inquiry->password, sizeof(inquiry->password), password);
    secret_hash(session, inquiry->session_hash);
    int err = store_user_by_name(inquiry->control->store, name, got_sign_in, inquiry);
    if (err)
        finish(inquiry, err);
}

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

const struct people_ops control_people = {.sign_in = sign_in,
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
