#include <errno.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/lecture/lecture_json.h"

// Those who never type a password: a booth enrolled once with a code, an elder with a personal
// link.

#define MEMBER_MS (12 * 3600 * 1000LL)

static bool is_throttled(struct call *call)
{
    char address[ADDR_TEXT_MAX];
    int64_t now_ms = clock_wall_ms();
    addr_host_text(http_client(call->req), address);
    if (throttle_wait_ms(call->api->address, address, now_ms)) {
        http_add_header(call->req, "retry-after", "60");
        call_refuse(call, 429, "too-many-attempts", "too many attempts; please wait a little",
                    NULL);
        return true;
    }
    throttle_count(call->api->address, address, now_ms);
    return false;
}

static int device_token(struct call *call, const struct caller *caller, enum token_purpose purpose,
                        int64_t ttl_ms, char text[TOKEN_TEXT_MAX])
{
    struct token token = {.purpose = purpose,
                          .generation = caller->generation,
                          .expires_at_ms = ttl_ms ? clock_wall_ms() + ttl_ms : 0};
    text_copy(token.subject, sizeof(token.subject), caller->id);
    return token_make(call->api->config.secret, &token, text);
}

static void enrolled(void *arg, int err, const struct caller *caller)
{
    struct call *call = arg;
    char token[TOKEN_TEXT_MAX];
    if (caller && device_token(call, caller, TOKEN_BOOTH, 0, token) == 0) {
        live_end_older(call->api, caller);
        http_reply_json(call->req, 201,
                        json_pack("{s:s, s:{s:s, s:s, s:s}}", "token", token, "booth", "id",
                                  caller->id, "name", caller->name, "centre", caller->centre));
        return;
    }
    if (err == ENOENT)
        call_refuse(call, 404, "unknown-code", "this code is not known or was used already",
                    "code");
    else
        call_try_later(call);
}

void booth_enrol(struct call *call)
{
    json_t *body = is_throttled(call) ? NULL : call_json(call);
    const char *code = body ? call_text(call, body, "code", SECRET_CODE_MAX - 1) : NULL;
    if (code)
        call->api->config.people->enrol(call->api->config.ops_arg, code, enrolled, call);
    json_decref(body);
}

static void link_known(void *arg, int err, const struct caller *caller)
{
    struct call *call = arg;
    char token[TOKEN_TEXT_MAX];
    if (!caller || device_token(call, caller, TOKEN_MEMBER, MEMBER_MS, token) != 0) {
        if (err == ENOENT)
            call_refuse(call, 404, "unknown-link", "this link is not valid any more", "link");
        else
            call_try_later(call);
        return;
    }
    const struct lectures *lectures = call->api->config.people->lectures(call->api->config.ops_arg);
    json_t *lecture = lecture_json(lecture_find(lectures, caller->lecture), LECTURE_FOR_VIEWER);
    if (json_is_object(lecture))
        grant_media(call->api, caller, "lecture", lecture);
    http_reply_json(call->req, 201,
                    json_pack("{s:s, s:{s:s, s:s}, s:o}", "token", token, "member", "id",
                              caller->id, "name", caller->name, "lecture", lecture));
}

void link_session(struct call *call)
{
    const char *link = route_param(&call->match, "link");
    call->api->config.people->member_by_link(call->api->config.ops_arg, link, link_known, call);
}
