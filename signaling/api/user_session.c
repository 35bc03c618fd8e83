#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "signaling/api/inside.h"
#include "signaling/auth/password.h"

// Signing in and out of people with a name and a password.

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

static void signed_in(void *arg, int err, const struct caller *caller)
{
    struct call *call = arg;
    if (err == EAGAIN) {
        call_try_later(call);
        return;
    }
    if (!caller) {
        throttle_count(call->api->sign_in, call->throttle_key, clock_wall_ms());
        call_refuse(call, 401, "sign-in-failed", "the name or the password is not right", NULL);
        return;
    }
    throttle_clear(call->api->sign_in, call->throttle_key);
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
    if (by_name || by_address)
        return by_name > by_address ? by_name : by_address;
    throttle_count(call->api->address, address, now_ms);
    return 0;
}

void session_post(struct call *call)
{
    char address[ADDR_TEXT_MAX];
    json_t *body = call_json(call);
    const char *name = body ? call_text(call, body, "name", CALLER_NAME_MAX - 1) : NULL;
    const char *password = name ? call_text(call, body, "password", PASSWORD_MAX) : NULL;
    if (!password) {
        json_decref(body);
        return;
    }
    int64_t wait_ms = must_wait(call, name, addr_host_text(http_client(call->req), address));
    if (wait_ms) {
        wait_reply(call, wait_ms);
    } else {
        secret_session(call->session);
        call->api->config.people->sign_in(call->api->config.ops_arg, name, password, call->session,
                                          signed_in, call);
    }
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
    http_reply(call->req, 204, NULL, 0, NULL, NULL, 0);
}

void session_delete(struct call *call)
{
    const char *session = http_cookie(call->req, SESSION_COOKIE);
    call->api->config.people->sign_out(call->api->config.ops_arg, session ? session : "",
                                       signed_out, call);
}

void me_get(struct call *call)
{
    http_reply_json(call->req, 200, caller_json(&call->caller));
}
