#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/auth/factor.h"
#include "signaling/auth/password.h"
#include "signaling/auth/secret.h"
#include "signaling/control_inside.h"

// Signing in: look the name up, check password and second factor on a work thread, open the
// session. Nothing is half done: what is missing is said, and the page asks again with all of it.

#define ENROLMENT_MS (15 * 60 * 1000LL)

static const struct problem wrong = {401, "sign-in-failed", "Sign in first",
                                     "the name or the password is not right", NULL};
static const struct problem later = {503, "try-later", "Not available now",
                                     "please try again in a moment", NULL};
static const struct problem code_needed = {401, "code-needed", "Sign in first",
                                           "send the code of the second factor, too", "code"};
static const struct problem wrong_code = {401, "wrong-code", "Sign in first",
                                          "the code is not right, too old, or was used already",
                                          "code"};
static const struct problem factor_needed = {
    401, "second-factor-needed", "Sign in first",
    "this account needs a second factor: enrol one at /v1/sessions/second-factor", "enrolment"};
static const struct problem factor_there = {409, "second-factor-there", "Not now",
                                            "this account has a second factor already", "name"};
static const struct problem enrolment_old = {422, "enrolment-too-old", "Not acceptable",
                                             "begin the second factor anew", "enrolment"};
static const struct problem change_needed = {401, "new-password-needed", "Sign in first",
                                             "this password is good once: send a new one, too",
                                             "new_password"};
static const struct problem weak = {
    422, "weak-password", "Not acceptable",
    "a new password has 10 to 256 bytes, letters and digits, and is another than before",
    "new_password"};

enum purpose { OPEN_SESSION, ENROL_FACTOR, UNLOCK };

struct sign_in {
    struct control *control;
    enum purpose purpose;
    people_sign_in_h *done; // of OPEN_SESSION
    people_result_h *told;  // of the others
    void *arg;
    struct store_user user;
    bool known;
    char password[PASSWORD_MAX + 1], new_password[PASSWORD_MAX + 1], code[32];
    char enrolment[FACTOR_SEALED_MAX];
    char session_hash[SECRET_HASH_MAX];
    char address[64];
    struct caller caller;
    // found on the work thread:
    int err;
    const struct problem *problem;
    char encoded[PASSWORD_ENCODED_MAX];
    char factor[FACTOR_SEALED_MAX];
    int64_t step;
    uint8_t secret[TOTP_SECRET_LEN];
};

static void finish(struct sign_in *in, int err, const struct problem *problem, json_t *result)
{
    const struct caller *caller = err ? NULL : &in->caller;
    if (err && !problem)
        problem = &later;
    if (in->purpose == OPEN_SESSION)
        in->done(in->arg, err, problem, caller);
    else
        in->told(in->arg, err, problem, result);
    json_decref(result);
    OPENSSL_cleanse(in, sizeof(*in));
    mem_free(in);
}

// --- on the work thread --------------------------------------------------------------------------

static bool has_letter_and_digit(const char *text)
{
    return strpbrk(text, "0123456789") && strlen(text) != strspn(text, "0123456789");
}

static bool is_strong(const struct sign_in *in)
{
    return strlen(in->new_password) >= 10 && has_letter_and_digit(in->new_password) &&
           strcmp(in->new_password, in->password) != 0;
}

static int refuse(struct sign_in *in, int err, const struct problem *problem)
{
    in->problem = problem;
    return err;
}

static int check_code(struct sign_in *in, int64_t now_ms)
{
    if (!*in->code)
        return refuse(in, ENOKEY, &code_needed);
    if (totp_check(in->secret, in->code, now_ms, in->user.factor_step, &in->step))
        return refuse(in, EACCES, &wrong_code);
    return 0;
}

// Somebody else's enrolment does not open.
static int check_enrolment(struct sign_in *in, int64_t now_ms)
{
    char whose[STORE_ID_MAX + 8];
    snprintf(whose, sizeof(whose), "enrol:%s", in->user.id);
    if (factor_open(in->control->secret, whose, now_ms, in->enrolment, in->secret))
        return refuse(in, ENOKEY, &enrolment_old);
    in->user.factor_step = 0;
    int err = check_code(in, now_ms);
    return err ? err : factor_seal(in->control->secret, in->user.id, 0, in->secret, in->factor);
}

static int check_factor(struct sign_in *in)
{
    int64_t now_ms = clock_wall_ms();
    if (*in->user.factor) {
        int err = factor_open(in->control->secret, in->user.id, now_ms, in->user.factor,
                              in->secret);
        return err ? err : check_code(in, now_ms);
    }
    if (*in->enrolment)
        return check_enrolment(in, now_ms);
    return in->user.needs_factor ? refuse(in, ENOKEY, &factor_needed) : 0;
}

static int check_new_password(struct sign_in *in)
{
    if (!*in->new_password)
        return in->user.must_change ? refuse(in, ENOKEY, &change_needed) : 0;
    return is_strong(in) ? 0 : refuse(in, ENOKEY, &weak);
}

// An unknown name takes as long as a wrong password.
static int check_password(struct sign_in *in)
{
    int err = password_check(in->password, in->known ? in->user.password : NULL);
    return err == EACCES || err == EINVAL ? refuse(in, ENOENT, &wrong) : err;
}

// The new password is asked for before the code, which does not keep.
static void check(void *arg)
{
    struct sign_in *in = arg;
    in->err = check_password(in);
    if (in->err || in->purpose != OPEN_SESSION)
        return;
    in->err = check_new_password(in);
    if (!in->err)
        in->err = check_factor(in);
    if (!in->err && *in->new_password)
        in->err = password_hash(in->new_password, in->encoded);
}

// --- on the control thread -----------------------------------------------------------------------

// Who tries passwords and codes is seen later. What a stranger typed as a name is not kept: people
// type passwords there, too.
static void note_refusal(const struct sign_in *in, const char *action)
{
    char actor[AUDIT_TEXT_MAX];
    audit_actor(actor, "user", in->known ? in->user.id : "unknown");
    struct audit_entry entry = audit_entry_of(clock_wall_ms(), actor, action, "", "");
    store_audit(in->control->store, &entry);
}

static void opened(void *arg, int err)
{
    struct sign_in *in = arg;
    if (!err && *in->encoded)
        api_renew_user(in->control->api, in->user.id); // other sessions have ended
    if (err == EACCES) // the code was used by another sign-in meanwhile
        finish(in, err, &wrong_code, NULL);
    else
        finish(in, err ? EAGAIN : 0, NULL, NULL);
}

static int open_session(struct sign_in *in)
{
    const struct store_sign_in row = {.hash = in->session_hash,
                                      .user = in->user.id,
                                      .address = in->address,
                                      .password = *in->encoded ? in->encoded : NULL,
                                      .factor = *in->factor ? in->factor : NULL,
                                      .factor_step = in->step};
    text_copy(in->caller.id, sizeof(in->caller.id), in->user.id);
    text_copy(in->caller.name, sizeof(in->caller.name), in->user.display_name);
    in->caller.role = in->user.role;
    return store_session_add(in->control->store, &row, clock_wall_ms(), opened, in);
}

// The new secret is kept by the page that asked, sealed, until a code proves that an app has it.
static void tell_factor(struct sign_in *in)
{
    uint8_t secret[TOTP_SECRET_LEN];
    char key[TOTP_KEY_MAX], sealed[FACTOR_SEALED_MAX], whose[STORE_ID_MAX + 8];
    if (*in->user.factor) {
        finish(in, EEXIST, &factor_there, NULL);
        return;
    }
    random_bytes(secret, sizeof(secret));
    totp_key(secret, key);
    snprintf(whose, sizeof(whose), "enrol:%s", in->user.id);
    int err = factor_seal(in->control->secret, whose, clock_wall_ms() + ENROLMENT_MS, secret,
                          sealed);
    char *uri = err ? NULL : mem_printf("otpauth://totp/Banyan:%s?secret=%s", in->user.name, key);
    json_t *result = uri ? json_pack("{s:s, s:s, s:s}", "key", key, "uri", uri, "enrolment", sealed)
                         : NULL;
    OPENSSL_cleanse(secret, sizeof(secret));
    mem_free(uri);
    finish(in, result ? 0 : EAGAIN, NULL, result);
}

static void checked(void *arg)
{
    struct sign_in *in = arg;
    int err = in->err;
    if (err == ENOENT)
        note_refusal(in, "sign_in_refused");
    if (err == EACCES)
        note_refusal(in, "second_factor_refused");
    if (!err && in->purpose == UNLOCK) {
        finish(in, 0, NULL, NULL);
        return;
    }
    if (!err && in->purpose == ENROL_FACTOR) {
        tell_factor(in);
        return;
    }
    if (!err)
        err = open_session(in);
    if (err)
        finish(in, in->problem ? err : EAGAIN, in->problem, NULL);
}

static void found(void *arg, int err, const struct store_user *user)
{
    struct sign_in *in = arg;
    in->known = !err && role_may(user->role, RIGHT_SIGN_IN);
    if (in->known)
        in->user = *user;
    in->err = EAGAIN; // until it was looked at
    if (!err || err == ENOENT)
        err = work_do(in->control->work, check, checked, in);
    if (err)
        finish(in, EAGAIN, NULL, NULL);
}

// Text that does not fit is none that we gave.
static void take(char *to, size_t size, const char *from)
{
    if (!text_copy(to, size, from ? from : ""))
        text_copy(to, size, "?");
}

static void begin(struct sign_in *in, const char *name, const char *password)
{
    take(in->password, sizeof(in->password), password);
    int err = store_user_by_name(in->control->store, name, found, in);
    if (err)
        finish(in, EAGAIN, NULL, NULL);
}

void control_sign_in(void *ops_arg, const struct people_sign_in *request, people_sign_in_h *done,
                     void *arg)
{
    struct sign_in *in = mem_zalloc(sizeof(*in));
    if (!in) {
        done(arg, EAGAIN, &later, NULL);
        return;
    }
    in->control = ops_arg;
    in->done = done;
    in->arg = arg;
    take(in->code, sizeof(in->code), request->code);
    take(in->enrolment, sizeof(in->enrolment), request->enrolment);
    take(in->new_password, sizeof(in->new_password), request->new_password);
    take(in->address, sizeof(in->address), request->address);
    secret_hash(request->session, in->session_hash);
    begin(in, request->name, request->password);
}

// Only the password is asked about.
static void ask(struct control *control, enum purpose purpose, const char *name,
                const char *password, people_result_h *done, void *arg)
{
    struct sign_in *in = mem_zalloc(sizeof(*in));
    if (!in) {
        done(arg, EAGAIN, &later, NULL);
        return;
    }
    in->control = control;
    in->purpose = purpose;
    in->told = done;
    in->arg = arg;
    begin(in, name, password);
}

void control_enrol_factor(void *ops_arg, const char *name, const char *password,
                          people_result_h *done, void *arg)
{
    ask(ops_arg, ENROL_FACTOR, name, password, done, arg);
}

void control_unlock(void *ops_arg, const char *account, const char *password, people_result_h *done,
                    void *arg)
{
    ask(ops_arg, UNLOCK, account, password, done, arg);
}
