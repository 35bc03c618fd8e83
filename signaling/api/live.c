#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "signaling/api/inside.h"
#include "signaling/api/seen.h"
#include "signaling/api/telling.h"

// The one WebSocket, /v1/live: hello, then events to the topics of one's role, and commands.
//
// A listener belongs to its connection, but answers of the store may still be on their way when the
// connection ends: `jobs` counts them, and the last one frees it.

#define HELLO_US (5 * 1000000LL)
#define NO_SINCE (-1) // nothing was seen before; 0: a state without events

static const struct problem bad_message = {400, "bad-message", "Bad message",
                                           "send one JSON object with the text member do", "do"};
static const struct problem not_known = {401, "sign-in-needed", "Sign in first",
                                         "this token or session is not valid any more", "token"};
static const struct problem try_later = {503, "try-later", "Not available now",
                                         "please try again in a moment", NULL};

static void listener_free(struct listener *listener)
{
    loop_timer_stop(listener->api->config.loop, &listener->hello_timer);
    if (list_linked(&listener->link)) {
        list_remove(&listener->link);
        listener->api->listener_count--;
    }
    mem_free(listener);
}

void listener_done(struct listener *listener)
{
    listener->jobs--;
    if (!listener->conn && !listener->jobs)
        listener_free(listener);
}

void listener_send(struct listener *listener, json_t *message)
{
    char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;
    if (text && listener->conn)
        ws_send(listener->conn, text, strlen(text));
    free(text);
    json_decref(message);
}

static json_t *problem_json(const struct problem *problem)
{
    char type[80];
    snprintf(type, sizeof(type), "/problems/%s", problem->slug);
    return json_pack("{s:s, s:s, s:i, s:s*, s:s*}", "type", type, "title", problem->title, "status",
                     problem->status, "detail", problem->detail, "field", problem->field);
}

void listener_reply(struct listener *listener, json_int_t ref, const struct problem *problem,
                    json_t *data)
{
    json_t *message = json_pack("{s:I, s:b}", "reply", ref, "ok", problem == NULL);
    if (problem)
        json_object_set_new(message, "error", problem_json(problem));
    if (data)
        json_object_set_new(message, "data", data);
    listener_send(listener, message);
}

static void send_error(struct listener *listener, const struct problem *problem)
{
    listener_send(listener,
                  json_pack("{s:s, s:o}", "event", "error", "data", problem_json(problem)));
}

static void no_hello(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct listener *listener = arg;
    (void)timer, (void)now_us;
    if (listener->conn)
        ws_close(listener->conn, WS_CLOSE_POLICY, "say hello first");
}

void live_open(struct ws_conn *conn, void *arg)
{
    struct api *api = arg;
    struct listener *listener = mem_zalloc(sizeof(*listener));
    if (!listener) {
        ws_close(conn, WS_CLOSE_TRY_LATER, "memory is short");
        return;
    }
    listener->api = api;
    listener->conn = conn;
    ws_set_user(conn, listener);
    loop_timer_start(api->config.loop, &listener->hello_timer, clock_us() + HELLO_US, no_hello,
                     listener);
}

void live_closed(struct ws_conn *conn, int code, void *arg)
{
    struct listener *listener = ws_user(conn);
    (void)code, (void)arg;
    if (!listener)
        return;
    listener->conn = NULL;
    if (listener->greeted) {
        listener->greeted = false;
        list_remove(&listener->link);
        listener->api->listener_count--;
        live_presence(listener, false);
    }
    if (!listener->jobs)
        listener_free(listener);
}

// --- hello -------------------------------------------------------------------------------------

static void add_topic(struct listener *listener, const char *kind, const char *id)
{
    char *topic = listener->topics[listener->topic_count++];
    snprintf(topic, sizeof(listener->topics[0]), *id ? "%s:%s" : "%s", kind, id);
}

static void choose_topics(struct listener *listener)
{
    const struct caller *caller = &listener->caller;
    switch (caller->role) {
    case ROLE_BOOTH:
        add_topic(listener, "booth", caller->id);
        add_topic(listener, "clinic", "");
        break;
    case ROLE_LAWYER:
        add_topic(listener, "lawyer", caller->id);
        add_topic(listener, "lawyers", "");
        break;
    case ROLE_MEMBER:
        add_topic(listener, "lecture", caller->lecture);
        break;
    case ROLE_GUEST:
        add_topic(listener, "guest", caller->id);
        break;
    case ROLE_HALL:
        add_topic(listener, "hall", "");
        break;
    case ROLE_STAFF:
        add_topic(listener, "clinic", "");
        add_topic(listener, "desk", "");
        break;
    default: // the lawyers' topic has telephone numbers in it
        add_topic(listener, "clinic", "");
        break;
    }
}

void listener_event(struct listener *listener, int64_t n, const char *kind, const char *body)
{
    const struct people_ops *people = listener->api->config.people;
    json_t *data = json_loads(body, JSON_DECODE_ANY, NULL);
    if (!seen_event(people->clinic(listener->api->config.ops_arg), &listener->caller, kind, data)) {
        json_decref(data);
        return;
    }
    if (json_is_object(data))
        grant_media(listener->api, &listener->caller, kind, data);
    json_t *message = n ? json_pack("{s:I, s:s, s:o}", "n", (json_int_t)n, "event", kind, "data",
                                    data)
                        : json_pack("{s:s, s:o}", "event", kind, "data", data);
    listener_send(listener, message);
}

// The reply carries the whole state, so what was missed follows only as history.
static void greet(struct listener *listener, bool gap)
{
    struct api *api = listener->api;
    const struct people_ops *people = api->config.people;
    json_t *reply = json_pack("{s:I, s:b, s:s, s:I, s:o}", "reply", listener->hello_ref, "ok", 1,
                              "role", role_name(listener->caller.role), "n",
                              (json_int_t)people->last_event(api->config.ops_arg), "state",
                              live_state(api, &listener->caller));
    if (gap)
        json_object_set_new(reply, "gap", json_true());
    loop_timer_stop(api->config.loop, &listener->hello_timer);
    listener->greeted = true;
    listener->serial = ++api->listeners_ever;
    list_append(&api->listeners, &listener->link);
    api->listener_count++;
    listener_send(listener, reply);
}

static void missed(void *arg, int err, const struct people_event *events, size_t count, bool gap)
{
    struct listener *listener = arg;
    if (listener->conn) {
        greet(listener, err || gap);
        for (size_t i = 0; !err && !gap && i < count; i++)
            listener_event(listener, events[i].n, events[i].kind, events[i].body);
        live_presence(listener, true);
    }
    listener_done(listener);
}

static void known(void *arg, int err, const struct caller *caller)
{
    struct listener *listener = arg;
    const struct people_ops *people = listener->api->config.people;
    listener->greeting = false;
    if (!listener->conn || !caller) {
        listener_reply(listener, listener->hello_ref, err == EAGAIN ? &try_later : &not_known,
                       NULL);
        if (listener->conn && err == EAGAIN)
            ws_close(listener->conn, WS_CLOSE_TRY_LATER, "please connect again");
        else if (listener->conn)
            ws_close(listener->conn, WS_CLOSE_POLICY, "not signed in");
        listener_done(listener);
        return;
    }
    listener->caller = *caller;
    choose_topics(listener);
    const char *topics[3] = {listener->topics[0], listener->topics[1], listener->topics[2]};
    if (listener->since >= 0)
        people->events_since(listener->api->config.ops_arg, topics, listener->topic_count,
                             listener->since, missed, listener);
    else
        missed(listener, 0, NULL, 0, false);
}

static void hello(struct listener *listener, const json_t *message)
{
    const char *token = json_string_value(json_object_get(message, "token"));
    listener->hello_ref = json_integer_value(json_object_get(message, "ref"));
    const json_t *since = json_object_get(message, "since");
    listener->since = json_is_integer(since) ? json_integer_value(since) : NO_SINCE;
    listener->greeting = true;
    listener->jobs++;
    caller_resolve(listener->api, token ? token : ws_token(listener->conn),
                   ws_cookie(listener->conn, SESSION_COOKIE), known, listener);
}

void live_message(struct ws_conn *conn, const char *text, size_t len, void *arg)
{
    struct listener *listener = ws_user(conn);
    (void)arg;
    if (!listener)
        return;
    json_t *message = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    const char *verb = json_string_value(json_object_get(message, "do"));
    if (!verb)
        send_error(listener, &bad_message);
    else if (listener->greeted)
        live_command(listener, verb, message);
    else if (strcmp(verb, "hello") == 0 && !listener->greeting)
        hello(listener, message);
    else
        send_error(listener, &bad_message);
    json_decref(message);
}

// --- telling -----------------------------------------------------------------------------------

// What many are told whenever anybody does anything. It is a whole state each time.
static bool is_state_of_many(const char *kind)
{
    return strcmp(kind, "clinic") == 0 || strcmp(kind, "waiting") == 0;
}

void api_tell(struct api *api, const char *topic, int64_t n, const char *kind, const char *body)
{
    if (is_state_of_many(kind))
        crowd_tell(api, topic, n, kind, body);
    else
        telling_all(api, topic, n, kind, body);
}

void live_shown(struct api *api, const struct resource *resource, const char *paused)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->listeners)
    {
        struct listener *listener = container_of(pos, struct listener, link);
        if (strcmp(listener->caller.id, resource->owner) == 0)
            listener_send(listener, json_pack("{s:s, s:{s:s, s:s?}}", "event", "shown", "data",
                                              "session", resource->id, "paused", paused));
    }
}

// Closing is the simplest way to a fresh state: pages connect again by themselves within a second.
void api_renew(struct api *api)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->listeners)
    {
        struct listener *listener = container_of(pos, struct listener, link);
        if (listener->conn)
            ws_close(listener->conn, WS_CLOSE_TRY_LATER, "please connect again");
    }
}

// --- ending ------------------------------------------------------------------------------------

// These came with a token, not with a session.
static bool has_token(enum role role)
{
    return role == ROLE_BOOTH || role == ROLE_MEMBER || role == ROLE_GUEST;
}

static bool is_of_session(struct listener *listener, const char *session)
{
    enum role role = listener->caller.role;
    if (!listener->conn || has_token(role))
        return false;
    const char *cookie = ws_cookie(listener->conn, SESSION_COOKIE);
    return cookie && strcmp(cookie, session) == 0;
}

void live_end_session(struct api *api, const char *session)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->listeners)
    {
        struct listener *listener = container_of(pos, struct listener, link);
        if (is_of_session(listener, session))
            ws_close(listener->conn, WS_CLOSE_POLICY, "signed out");
    }
}

void api_end_user(struct api *api, const char *user)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->listeners)
    {
        struct listener *listener = container_of(pos, struct listener, link);
        enum role role = listener->caller.role;
        if (listener->conn && !has_token(role) && strcmp(listener->caller.id, user) == 0)
            ws_close(listener->conn, WS_CLOSE_POLICY, "signed out");
    }
}

void api_end_hash(struct api *api, const char *hash)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->listeners)
    {
        char own[SECRET_HASH_MAX];
        struct listener *listener = container_of(pos, struct listener, link);
        const char *cookie = listener->conn ? ws_cookie(listener->conn, SESSION_COOKIE) : NULL;
        secret_hash(cookie ? cookie : "", own);
        if (cookie && strncmp(own, hash, strlen(hash)) == 0)
            ws_close(listener->conn, WS_CLOSE_POLICY, "signed out");
    }
}

void live_end_older(struct api *api, const struct caller *booth)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->listeners)
    {
        struct listener *listener = container_of(pos, struct listener, link);
        const struct caller *caller = &listener->caller;
        if (listener->conn && caller->role == ROLE_BOOTH && strcmp(caller->id, booth->id) == 0 &&
            caller->generation != booth->generation)
            ws_close(listener->conn, WS_CLOSE_POLICY, "another device is this booth now");
    }
}

unsigned api_listeners(const struct api *api)
{
    return api->listener_count;
}
