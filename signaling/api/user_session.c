#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/auth/factor.h"
#include "signaling/auth/password.h"

// Signing in and out of people with a name, a password and a second factor.

#define CODE_MAX      16
#define ENROLMENT_MAX (FACTOR_SEALED_MAX - 1)

static json_t *caller_json(const struct caller *caller)
{
    return json_pack("{s:s, s:s, s:s}", "id", caller->id, "role", role_name(caller->role), "name",
                     caller->name);
}

static void wait_reply(struct call *call, int64_t wait_ms)
{
    char seconds[24];
    snprintf(seconds, sizeof(seconds), "%lld", (long long)((wait_ms + 999) / 1000));
    http_add_header(call->req, "retry-after", seconds);
    call_refuse(call, 429, "too-many-attempts", "too many attempts; please wait a little", NULL);
}

// A wrong password counts against name and address, a wrong code against the name as well: whoever
// gets as far as a code knows the password. What is only missing counts as nothing.
static void count_attempt(struct call *call, int err)
{
    int64_t now_ms = clock_wall_ms();
    if (err == ENOENT || err == EACCES)
        throttle_count(call->api->sign_in, call->throttle_key, now_ms);
    if (err == EACCES)
        throttle_count(call->api->code, call->name, now_ms);
    // A first sign-in takes four steps, and a centre has one address: what was right does not
    // count.
    if (!err || err == ENOKEY)
        throttle_take_back(call->api->address, strrchr(call->throttle_key, '|') + 1);
}

static void signed_in(void *arg, int err, const struct problem *problem,
                      const struct caller *caller)
{
    struct call *call = arg;
    if (err) {
        count_attempt(call, err);
        call_problem(call, problem);
        return;
    }
    count_attempt(call, 0);
    throttle_clear(call->api->sign_in, call->throttle_key);
    throttle_clear(call->api->code, call->name);
    char cookie[160];
    snprintf(cookie, sizeof(cookie),
             SESSION_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", call->session);
    http_add_header(call->req, "set-cookie", cookie);
    http_reply_json(call->req, 201, json_pack("{s:o}", "user", caller_json(caller)));
}

// Milliseconds to wait before another attempt, 0 when one may be made now (and is counted).
static int64_t must_wait(struct call *call, const char *name, const char *address)
{
    int64_t now_ms = clock_wall_ms();
    snprintf(call->throttle_key, sizeof(call->throttle_key), "%s|%s", name, address);
    int64_t by_name = throttle_wait_ms(call->api->sign_in, call->throttle_key, now_ms);
    int64_t by_address = throttle_wait_ms(call->api->address, address, now_ms);
    int64_t by_code = throttle_wait_ms(call->api->code, name, now_ms);
    by_name = by_name > by_code ? by_name : by_code;
    if (by_name || by_address)
        return by_name > by_address ? by_name : by_address;
    throttle_count(call->api->address, address, now_ms);
    return 0;
}

// Name and password of the body. False after having replied, also when it is too early for another
// attempt.
static bool read_name(struct call *call, const json_t *body, struct people_sign_in *request,
                      char address[ADDR_TEXT_MAX])
{
    request->name = body ? call_text(call, body, "name", CALLER_NAME_MAX - 1) : NULL;
    request->password = request->name ? call_text(call, body, "password", PASSWORD_MAX) : NULL;
    if (!request->password)
        return false;
    text_copy(call->name, sizeof(call->name), request->name);
    request->address = addr_host_text(http_client(call->req), address);
    return true;
}

static bool may_try(struct call *call, const struct people_sign_in *request)
{
    int64_t wait_ms = must_wait(call, request->name, request->address);
    if (wait_ms)
        wait_reply(call, wait_ms);
    return !wait_ms;
}

void session_post(struct call *call)
{
    char address[ADDR_TEXT_MAX];
    json_t *body = call_json(call);
    struct people_sign_in request = {.session = call->session};
    if (read_name(call, body, &request, address) &&
        call_may_text(call, body, "code", CODE_MAX, &request.code) &&
        call_may_text(call, body, "enrolment", ENROLMENT_MAX, &request.enrolment) &&
        call_may_text(call, body, "new_password", PASSWORD_MAX, &request.new_password) &&
        may_try(call, &request)) {
        secret_session(call->session);
        call->api->config.people->sign_in(call->api->config.ops_arg, &request, signed_in, call);
    }
    json_decref(body);
}

static void factor_made(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct call *call = arg;
    if (err) {
        count_attempt(call, err);
        call_problem(call, problem);
        return;
    }
    count_attempt(call, 0);
    http_add_header(call->req, "cache-control", "no-store");
    http_reply_json(call->req, 201, json_incref(result));
}

void factor_post(struct call *call)
{
    char address[ADDR_TEXT_MAX];
    json_t *body = call_json(call);
    struct people_sign_in request = {0};
    if (read_name(call, body, &request, address) && may_try(call, &request))
        call->api->config.people->enrol_factor(call->api->config.ops_arg, request.name,
                                               request.password, factor_made, call);
    json_decref(body);
}

static void signed_out(void *arg, int err, const struct caller *caller)
{
    struct call *call = arg;
    const char *session = http_cookie(call->req, SESSION_COOKIE);
    (void)caller;
    if (err && err != ENOENT) {
        call_try_later(call);
        return;
    }
    if (session)
        live_end_session(call->api, session);
    http_add_header(call->req, "set-cookie",
                    SESSION_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    http_reply_empty(call->req, 204);
}

void session_delete(struct call *call)
{
    const char *session = http_cookie(call->req, SESSION_COOKIE);
    call->api->config.people->sign_out(call->api->config.ops_arg, session ? session : "",
                                       signed_out, call);
}

// Who signs in has a name to sign in with; devices and members have none.
void me_get(struct call *call)
{
    const struct caller *caller = &call->caller;
    json_t *me = caller_json(caller);
    if (*caller->account) {
        json_object_set_new(me, "account", json_string(caller->account));
        json_object_set_new(me, "second_factor", json_boolean(caller->has_factor));
    }
    const struct consult_lawyer *lawyer = consult_lawyer(call_clinic(call), caller->id);
    if (lawyer && *lawyer->photo)
        json_object_set_new(me, "photo", json_string(lawyer->photo));
    http_reply_json(call->req, 200, me);
}

static void unlocked(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct call *call = arg;
    (void)result;
    if (err) {
        count_attempt(call, err);
        call_problem(call, problem);
        return;
    }
    count_attempt(call, 0);
    throttle_clear(call->api->sign_in, call->throttle_key);
    http_reply_empty(call->req, 204);
}

// A page that locked itself asks for the password again. Guesses count like those at the door.
void unlock_post(struct call *call)
{
    char address[ADDR_TEXT_MAX];
    json_t *body = call_json(call);
    struct people_sign_in request = {
        .password = body ? call_text(call, body, "password", PASSWORD_MAX) : NULL};
    if (request.password) { // else the call is answered and gone
        request.name = call->caller.account;
        request.address = addr_host_text(http_client(call->req), address);
        text_copy(call->name, sizeof(call->name), request.name);
        if (may_try(call, &request))
            call->api->config.people->unlock(call->api->config.ops_arg, request.name,
                                             request.password, unlocked, call);
    }
    json_decref(body);
}
