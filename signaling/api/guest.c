#include <errno.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/consult/consult_json.h"
#include "signaling/consult/party.h"

// A third party: opens his link once, and is from then on whoever holds the token it gave.

#define GUEST_MS (12 * 3600 * 1000LL)

static const struct consult_party *find_party(struct call *call)
{
    char hash[SECRET_HASH_MAX];
    _Static_assert(SECRET_HASH_MAX == CONSULT_HASH_MAX && SECRET_TEXT_MAX == CONSULT_LINK_MAX,
                   "links fit");
    secret_hash(route_param(&call->match, "link"), hash);
    return consult_party_by_link(call_clinic(call), hash);
}

// Not used and not over; NULL after having replied.
static const struct consult_party *open_party(struct call *call)
{
    const struct consult_party *party = find_party(call);
    if (!party)
        call_refuse(call, 404, "unknown-link", "this link is not valid any more", "link");
    else if (party->state != CONSULT_PARTY_AGREED)
        call_refuse(call, 409, "link-used", "this link was used already; it is good once", "link");
    return party && party->state == CONSULT_PARTY_AGREED ? party : NULL;
}

static json_t *me(const struct consult_party *party)
{
    return json_pack("{s:s, s:s, s:s}", "id", party->id, "role", consult_role_name(party->role),
                     "name", party->name);
}

// What is said before anything is pressed: opening the page alone uses nothing up, as whatever
// looks into links before people do would.
void guest_get(struct call *call)
{
    const struct consult *clinic = call_clinic(call);
    const struct consult_party *party = open_party(call);
    if (!party)
        return;
    const struct consultation *row = consult_find(clinic, party->consultation);
    const struct consult_lawyer *lawyer = row ? consult_lawyer(clinic, row->lawyer) : NULL;
    http_add_header(call->req, "cache-control", "no-store");
    http_reply_json(call->req, 200,
                    json_pack("{s:o, s:s, s:o}", "me", me(party), "lawyer",
                              lawyer ? lawyer->name : "", "centre",
                              consult_json_guest_centre(clinic, row)));
}

static int guest_token(struct call *call, const char *party, char text[TOKEN_TEXT_MAX])
{
    struct token token = {.purpose = TOKEN_GUEST, .expires_at_ms = clock_wall_ms() + GUEST_MS};
    text_copy(token.subject, sizeof(token.subject), party);
    return token_make(call->api->config.secret, &token, text);
}

static void entered(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct call *call = arg;
    char text[TOKEN_TEXT_MAX];
    const struct consult_party *party = err ? NULL : find_party(call);
    (void)result;
    if (!party || guest_token(call, party->id, text) != 0) {
        call_problem(call, err ? problem : NULL);
        return;
    }
    http_add_header(call->req, "cache-control", "no-store");
    http_reply_json(call->req, 201, json_pack("{s:s, s:o}", "token", text, "me", me(party)));
}

void guest_session(struct call *call)
{
    const struct consult_party *party = open_party(call);
    if (!party)
        return;
    char id[CONSULT_ID_MAX];
    text_copy(id, sizeof(id), party->id);
    const struct consult_command command = {.verb = CONSULT_ENTER, .who = id};
    call->api->config.people->consult(call->api->config.ops_arg, &command, entered, call);
}

// The page is the same for every link: whether this one is good is asked by the page.
void guest_page_get(struct call *call)
{
    const char *page = call->api->guest_page;
    if (!page) {
        call_refuse(call, 503, "no-pages", "the pages are not built", NULL);
        return;
    }
    http_add_header(call->req, "referrer-policy", "no-referrer");
    http_reply(call->req, 200, "text/html; charset=utf-8", page, strlen(page));
}

void guest_caller(const struct api *api, const char *id, struct caller *caller)
{
    const struct consult_party *party = consult_party(
        api->config.people->clinic(api->config.ops_arg), id);
    *caller = (struct caller){0};
    if (!party || party->state != CONSULT_PARTY_INSIDE)
        return;
    caller->role = ROLE_GUEST;
    text_copy(caller->id, sizeof(caller->id), party->id);
    text_copy(caller->name, sizeof(caller->name), party->name);
}
