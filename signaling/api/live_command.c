#include <stddef.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/api/seen.h"
#include "signaling/consult/consult_json.h"
#include "signaling/lecture/lecture_json.h"

// Commands that come over the live WebSocket: one table for all roles.

#define TOUCH_US (5 * 60 * 1000000LL)

struct verb {
    const char *name;
    enum role role;
    int domain; // enum consult_verb, or enum lecture_verb for ROLE_HALL
};

static const struct verb verbs[] = {
    {"ask", ROLE_BOOTH, CONSULT_ASK},
    {"cancel", ROLE_BOOTH, CONSULT_CANCEL},
    {"leave", ROLE_BOOTH, CONSULT_LEAVE},
    {"rate", ROLE_BOOTH, CONSULT_RATE},
    {"on_duty", ROLE_LAWYER, CONSULT_ON_DUTY},
    {"off_duty", ROLE_LAWYER, CONSULT_OFF_DUTY},
    {"accept", ROLE_LAWYER, CONSULT_ACCEPT},
    {"decline", ROLE_LAWYER, CONSULT_DECLINE},
    {"identify", ROLE_BOOTH, CONSULT_IDENTIFY},
    {"slower", ROLE_BOOTH, CONSULT_SLOWER},
    {"say", ROLE_LAWYER, CONSULT_SAY},
    {"leave_word", ROLE_BOOTH, CONSULT_LEAVE_WORD},
    {"answer", ROLE_LAWYER, CONSULT_ANSWER},
    {"answer", ROLE_STAFF, CONSULT_ANSWER},
    {"refuse_wish", ROLE_STAFF, CONSULT_REFUSE_WISH},
    {"about", ROLE_BOOTH, CONSULT_ABOUT},
    {"agree", ROLE_BOOTH, CONSULT_AGREE},
    {"invite", ROLE_LAWYER, CONSULT_INVITE},
    {"put_out", ROLE_LAWYER, CONSULT_PUT_OUT},
    {"park", ROLE_LAWYER, CONSULT_PARK},
    {"joint", ROLE_LAWYER, CONSULT_JOINT},
    {"transfer", ROLE_LAWYER, CONSULT_TRANSFER},
    {"part", ROLE_LAWYER, CONSULT_PART},
    {"hand_over", ROLE_LAWYER, CONSULT_HAND_OVER},
    {"leave", ROLE_GUEST, CONSULT_GUEST_LEAVE},
    {"consent", ROLE_BOOTH, CONSULT_CONSENT},
    {"consent", ROLE_LAWYER, CONSULT_CONSENT},
    {"consent", ROLE_GUEST, CONSULT_CONSENT},
    {"withdraw", ROLE_BOOTH, CONSULT_WITHDRAW},
    {"withdraw", ROLE_GUEST, CONSULT_WITHDRAW},
    {"withdraw", ROLE_LAWYER, CONSULT_WITHDRAW},
    {"ask_consent", ROLE_LAWYER, CONSULT_ASK_CONSENT},
    {"end", ROLE_LAWYER, CONSULT_END},
    {"start", ROLE_HALL, LECTURE_START},
    {"end_lecture", ROLE_HALL, LECTURE_END},
    {"alarm", ROLE_BOOTH, CONSULT_ALARM},
    {"alarm", ROLE_LAWYER, CONSULT_ALARM},
    {"close_alarm", ROLE_STAFF, CONSULT_CLOSE_ALARM},
};

static const struct problem unknown_verb = {404, "unknown-command", "Unknown command",
                                            "your page does not know this command", "do"};
static const struct problem no_memory = {503, "try-later", "Not available now",
                                         "please try again in a moment", NULL};

struct order {
    struct listener *listener;
    json_int_t ref;
};

static const struct verb *find(enum role role, const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (verbs[i].role == role && strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static void carried_out(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct order *order = arg;
    const char *kind = order->listener->caller.role == ROLE_HALL ? "lecture" : "consultation";
    if (json_is_object(result))
        grant_media(order->listener->api, &order->listener->caller, kind, result);
    if (err)
        listener_reply(order->listener, order->ref, problem ? problem : &no_memory, NULL);
    else
        listener_reply(order->listener, order->ref, NULL, json_incref(result));
    listener_done(order->listener);
    mem_free(order);
}

#define TEXT(member)                                                                               \
    {                                                                                              \
#member, offsetof(struct consult_command, member)                                          \
    }

// What a message says as text, by the command's own names.
static const struct {
    const char *name;
    size_t offset;
} texts[] = {
    TEXT(key),          TEXT(category), TEXT(language), TEXT(consent),  TEXT(reason),
    TEXT(consultation), TEXT(identity), TEXT(text),     TEXT(half_day), TEXT(age_band),
    TEXT(party),        TEXT(role),     TEXT(answer),   TEXT(how),      TEXT(to),
    TEXT(number),       TEXT(prefer),
};

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static bool is_misfit(const json_t *message, const char *name)
{
    const json_t *value = json_object_get(message, name);
    return value && !json_is_string(value);
}

// The member that is there and is not text, or NULL: it must not count as left out.
static const char *misfit(const json_t *message)
{
    for (size_t i = 0; i < TEXTS; i++)
        if (is_misfit(message, texts[i].name))
            return texts[i].name;
    return is_misfit(message, "lecture") ? "lecture" : NULL;
}

static int64_t number(const json_t *message, const char *name)
{
    return json_integer_value(json_object_get(message, name)); // 0 when it is no number
}

static void read_command(const json_t *message, struct consult_command *command)
{
    for (size_t i = 0; i < TEXTS; i++)
        *(const char **)((char *)command + texts[i].offset) = json_string_value(
            json_object_get(message, texts[i].name));
    command->message = number(message, "message");
    command->score = number(message, "score");
    command->alarm = number(message, "alarm");
}

// What staff or a lawyer of another place asks about is not there.
static void hide_others(const struct listener *listener, struct consult_command *command)
{
    const struct caller *caller = &listener->caller;
    const struct people_ops *people = listener->api->config.people;
    const struct consult *clinic = people->clinic(listener->api->config.ops_arg);
    if (caller->role != ROLE_STAFF && caller->role != ROLE_LAWYER)
        return;
    if (!seen_message(clinic, caller, command->message))
        command->message = 0;
    if (!seen_alarm(clinic, caller, command->alarm))
        command->alarm = 0;
}

static void order_consult(struct listener *listener, enum consult_verb verb, const json_t *message,
                          struct order *order)
{
    char id[20] = "c-", party[20] = "g-", link[SECRET_TEXT_MAX], link_hash[SECRET_HASH_MAX];
    const struct people_ops *people = listener->api->config.people;
    struct consult_command command = {.verb = verb, .who = listener->caller.id};
    read_command(message, &command);
    if (verb == CONSULT_ASK) {
        random_text(id + 2, 16);
        command.consultation = id;
    }
    if (verb == CONSULT_INVITE) {
        random_text(party + 2, 16);
        command.party = party;
    }
    if (verb == CONSULT_AGREE) {
        secret_link(link);
        secret_hash(link, link_hash);
        command.link = link;
        command.link_hash = link_hash;
    }
    hide_others(listener, &command);
    people->consult(listener->api->config.ops_arg, &command, carried_out, order);
}

static void order_lecture(struct listener *listener, enum lecture_verb verb, const json_t *message,
                          struct order *order)
{
    const struct people_ops *people = listener->api->config.people;
    const struct lecture_command command = {
        .verb = verb, .lecture = json_string_value(json_object_get(message, "lecture"))};
    people->lecture(listener->api->config.ops_arg, &command, carried_out, order);
}

static void touched(void *arg, int err, const struct caller *caller)
{
    (void)err, (void)caller; // ended meanwhile: the next hello says so
    listener_done(arg);
}

// A page that is open is in use: its sign-in must not run out in the middle of a consultation.
static void keep_session(struct listener *listener, int64_t now_us)
{
    const struct people_ops *people = listener->api->config.people;
    const char *session = ws_cookie(listener->conn, SESSION_COOKIE);
    if (!session || now_us - listener->touched_us < TOUCH_US)
        return;
    listener->touched_us = now_us;
    listener->jobs++;
    people->session_user(listener->api->config.ops_arg, session, touched, listener);
}

void live_command(struct listener *listener, const char *name, const json_t *message)
{
    const struct verb *verb = find(listener->caller.role, name);
    json_int_t ref = json_integer_value(json_object_get(message, "ref"));
    if (strcmp(name, "ping") == 0) {
        keep_session(listener, clock_us());
        listener_reply(listener, ref, NULL, NULL);
        return;
    }
    enum role role = listener->caller.role;
    if (strcmp(name, "draw") == 0 && role_may(role, RIGHT_PAPERS)) {
        papers_draw(listener, ref, message);
        return;
    }
    const struct problem bad_field = {400, "bad-field", "Bad request", "this member must be text",
                                      misfit(message)};
    if (verb && bad_field.field) {
        listener_reply(listener, ref, &bad_field, NULL);
        return;
    }
    struct order *order = verb ? mem_zalloc(sizeof(*order)) : NULL;
    if (!order) {
        listener_reply(listener, ref, verb ? &no_memory : &unknown_verb, NULL);
        return;
    }
    order->listener = listener;
    order->ref = ref;
    listener->jobs++;
    if (verb->role == ROLE_HALL)
        order_lecture(listener, (enum lecture_verb)verb->domain, message, order);
    else
        order_consult(listener, (enum consult_verb)verb->domain, message, order);
}

static void noted(void *arg, int err, const struct problem *problem, json_t *result)
{
    (void)arg, (void)err, (void)problem, (void)result; // a lost socket is nobody's mistake
}

// Is there another socket of the same person?
static bool has_twin(const struct listener *listener)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &listener->api->listeners)
    {
        const struct listener *other = container_of(pos, struct listener, link);
        if (other != listener && other->caller.role == listener->caller.role &&
            strcmp(other->caller.id, listener->caller.id) == 0)
            return true;
    }
    return false;
}

void live_presence(struct listener *listener, bool here)
{
    enum role role = listener->caller.role;
    if ((role != ROLE_BOOTH && role != ROLE_LAWYER) || (!here && has_twin(listener)))
        return;
    struct consult_command command = {.who = listener->caller.id};
    if (role == ROLE_BOOTH)
        command.verb = here ? CONSULT_BOOTH_BACK : CONSULT_BOOTH_LOST;
    else
        command.verb = here ? CONSULT_LAWYER_BACK : CONSULT_LAWYER_LOST;
    listener->api->config.people->consult(listener->api->config.ops_arg, &command, noted, NULL);
}
