#include <errno.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "signaling/api/inside.h"

// Who is asking: an enrolled booth or a member by bearer token, a user by the session cookie.

struct look_up {
    people_caller_h *done;
    void *arg;
    uint32_t generation;
};

static void nobody(void *arg, int err, const struct caller *caller)
{
    struct look_up *look_up = arg;
    (void)caller;
    look_up->done(look_up->arg, err, NULL);
    mem_free(look_up);
}

// A booth enrolled again has a new generation: the device that has the old token is out.
static void found_booth(void *arg, int err, const struct caller *caller)
{
    struct look_up *look_up = arg;
    if (caller && caller->generation != look_up->generation) {
        nobody(arg, ENOENT, NULL);
        return;
    }
    look_up->done(look_up->arg, err, caller);
    mem_free(look_up);
}

static void found(void *arg, int err, const struct caller *caller)
{
    struct look_up *look_up = arg;
    look_up->done(look_up->arg, err, caller);
    mem_free(look_up);
}

static void resolve_bearer(struct api *api, const char *bearer, struct look_up *look_up)
{
    const struct people_ops *people = api->config.people;
    struct token token;
    int64_t now_ms = clock_wall_ms();
    if (token_check(api->config.secret, bearer, TOKEN_BOOTH, now_ms, &token) == 0) {
        look_up->generation = token.generation;
        people->booth(api->config.ops_arg, token.subject, found_booth, look_up);
    } else if (token_check(api->config.secret, bearer, TOKEN_MEMBER, now_ms, &token) == 0) {
        people->member(api->config.ops_arg, token.subject, found, look_up);
    } else if (token_check(api->config.secret, bearer, TOKEN_GUEST, now_ms, &token) == 0) {
        struct caller guest;
        guest_caller(api, token.subject, &guest);
        found(look_up, guest.role ? 0 : ENOENT, guest.role ? &guest : NULL);
    } else {
        nobody(look_up, ENOENT, NULL);
    }
}

void caller_resolve(struct api *api, const char *bearer, const char *session, people_caller_h *done,
                    void *arg)
{
    struct look_up *look_up = mem_zalloc(sizeof(*look_up));
    if (!look_up) {
        done(arg, EAGAIN, NULL);
        return;
    }
    look_up->done = done;
    look_up->arg = arg;
    if (bearer)
        resolve_bearer(api, bearer, look_up);
    else if (session)
        api->config.people->session_user(api->config.ops_arg, session, found, look_up);
    else
        nobody(look_up, ENOENT, NULL);
}
