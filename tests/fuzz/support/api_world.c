#include "tests/fuzz/support/api_world.h"

#include <errno.h>

#include "gateway/base/loop.h"
#include "gateway/base/text.h"
#include "signaling/auth/secret.h"
#include "signaling/consult/consult_json.h"
#include "signaling/lecture/lecture_json.h"
#include "tests/fuzz/support/api_records.h"
#include "tests/fuzz/support/input.h"

#define NOW_MS 1780000000000ll

struct pending { // what the media core will answer
    media_answer_h *answered;
    media_result_h *done;
    void *arg;
    bool refused;
};

static struct {
    struct loop *loop;
    struct consult *consult;
    struct lectures *lectures;
    struct pending pending;
    struct api *api;
    int64_t events;
} world;

static const uint8_t secret[TOKEN_SECRET_LEN] = {1, 2, 3};

const char *api_world_token(enum token_purpose purpose)
{
    static char texts[TOKEN_PURPOSES][TOKEN_TEXT_MAX];
    struct token token = {.purpose = purpose, .generation = 1};
    if (purpose == TOKEN_ROOM) {
        token.rights = TOKEN_PUBLISH | TOKEN_VIEW;
        strcpy(token.room, "*");
    }
    strcpy(token.subject, purpose == TOKEN_ROOM ? "t-1" : purpose == TOKEN_BOOTH ? "b1" : "m1");
    check(token_make(secret, &token, texts[purpose]) == 0);
    return texts[purpose];
}

// --- people -------------------------------------------------------------------------------------

// Everybody's name is their role; ids as in load().
static void tell_caller(const char *name, people_caller_h *done, void *arg)
{
    static const char *const ids[ROLES] = {
        [ROLE_BOOTH] = "b1", [ROLE_LAWYER] = "l1", [ROLE_MEMBER] = "m1"};
    struct caller caller = {.generation = 1};
    if (strcmp(name, "busy") == 0) {
        done(arg, EAGAIN, NULL);
        return;
    }
    if (role_parse(name, &caller.role) || caller.role == ROLE_NONE) {
        done(arg, ENOENT, NULL);
        return;
    }
    text_copy(caller.id, sizeof(caller.id), ids[caller.role] ? ids[caller.role] : name);
    text_copy(caller.name, sizeof(caller.name), "\xe7\x8e\x8b");
    text_copy(caller.account, sizeof(caller.account), name);
    text_copy(caller.lecture, sizeof(caller.lecture), "lec1");
    text_copy(caller.centre, sizeof(caller.centre), "centre");
    done(arg, 0, &caller);
}

static const struct problem not_now = {409, "not-now", "Not now", "another time", "name"};

struct signing_in {
    people_sign_in_h *done;
    void *arg;
};

static void told_caller(void *arg, int err, const struct caller *caller)
{
    const struct signing_in *in = arg;
    in->done(in->arg, err, err ? &not_now : NULL, caller);
}

static void by_password(void *ops_arg, const struct people_sign_in *request, people_sign_in_h *done,
                        void *arg)
{
    struct signing_in in = {done, arg};
    (void)ops_arg;
    check(strlen(request->session) == SECRET_TEXT_MAX - 1 && *request->password);
    check(*request->address && (!request->code || *request->code));
    tell_caller(request->name, told_caller, &in);
}

static void new_factor(void *ops_arg, const char *name, const char *password, people_result_h *done,
                       void *arg)
{
    (void)ops_arg;
    check(*name && *password);
    json_t *result = json_pack("{s:s, s:s, s:s}", "key", "K", "uri", "u", "enrolment", "e");
    done(arg, strlen(name) % 2 ? EACCES : 0, strlen(name) % 2 ? &not_now : NULL, result);
    json_decref(result);
}

static void do_account(void *ops_arg, enum account_verb verb, const struct account_request *request,
                       people_result_h *done, void *arg)
{
    (void)ops_arg;
    check(verb < ACCOUNT_VERBS && *request->actor);
    check(verb == ACCOUNT_ADD      ? *request->name && *request->display_name
          : verb == ACCOUNT_IMPORT ? request->all_count && *request->all[0].name
                                   : *request->id);
    if (verb == ACCOUNT_END)
        check(*request->session);
    json_t *result = verb == ACCOUNT_PASSWORD ? json_pack("{s:s}", "password", "p") : NULL;
    done(arg, 0, NULL, result);
    json_decref(result);
}

static void do_desk(void *ops_arg, enum desk_verb verb, const struct desk_request *request,
                    people_result_h *done, void *arg)
{
    (void)ops_arg;
    check(verb < DESK_VERBS && *request->actor);
    check(verb != DESK_TASK_DONE || *request->note);
    check(verb != DESK_SHIFTS_ADD || (request->shift_count && request->shifts[0].ends_at));
    done(arg, request->id ? 0 : ENOENT, request->id ? NULL : &not_now, NULL);
}

static void do_place(void *ops_arg, enum place_verb verb, const struct place_request *request,
                     people_result_h *done, void *arg)
{
    (void)ops_arg;
    check(verb < PLACE_VERBS && *request->actor);
    check(verb <= PLACE_EDIT_CENTRE ? *request->centre.name && *request->centre.phone
                                    : *request->booth.name && *request->booth.centre);
    done(arg, 0, NULL, NULL);
}

static void do_prompt(void *ops_arg, const struct prompt_request *request, people_result_h *done,
                      void *arg)
{
    (void)ops_arg;
    check(*request->actor && *request->language && *request->name);
    check(!request->bytes || request->len);
    done(arg, 0, NULL, NULL);
}

static bool has_own_prompt(void *ops_arg, const char *language, const char *name)
{
    (void)ops_arg;
    return *language && *name;
}

static void do_unlock(void *ops_arg, const char *account, const char *password,
                      people_result_h *done, void *arg)
{
    (void)ops_arg;
    check(*account && *password);
    done(arg, strlen(password) % 2 ? ENOENT : 0, strlen(password) % 2 ? &not_now : NULL, NULL);
}

static void verify(void *ops_arg, people_result_h *done, void *arg)
{
    (void)ops_arg;
    json_t *result = json_pack("{s:i, s:b}", "entries", 1, "whole", 1);
    done(arg, 0, NULL, result);
    json_decref(result);
}

static void give_list(void *ops_arg, enum people_list list, const char *key, const char *session,
                      people_result_h *done, void *arg)
{
    (void)ops_arg, (void)list, (void)session;
    json_t *rows = json_pack("[{s:s, s:s}]", "id", "u1", "skills", key ? key : "family,debt");
    done(arg, 0, NULL, rows);
    json_decref(rows);
}

static void give_report(void *ops_arg, enum people_report report, const struct people_span *span,
                        people_result_h *done, void *arg)
{
    (void)ops_arg;
    check(span->key && span->period.from_day < span->period.until_day);
    check(report != PEOPLE_WORKLOAD || *span->key);
    json_t *result = json_pack("{s:s, s:[]}", "period", span->period.name, "rows");
    done(arg, 0, NULL, result);
    json_decref(result);
}

static void by_name(void *ops_arg, const char *name, people_caller_h *done, void *arg)
{
    (void)ops_arg;
    tell_caller(name, done, arg);
}

static void by_booth(void *ops_arg, const char *id, people_caller_h *done, void *arg)
{
    (void)ops_arg;
    tell_caller(strcmp(id, "b1") == 0 ? "booth" : "", done, arg);
}

static void by_member(void *ops_arg, const char *id, people_caller_h *done, void *arg)
{
    (void)ops_arg;
    tell_caller(strcmp(id, "m1") == 0 ? "member" : "", done, arg);
}

// --- domains ------------------------------------------------------------------------------------

static void tell(const char *topic, const char *kind, json_t *data)
{
    char *text = json_dumps(data, JSON_COMPACT | JSON_ENCODE_ANY);
    check(text != NULL);
    api_tell(world.api, topic, ++world.events, kind, text);
    free(text);
    json_decref(data);
}

static void do_consult(void *ops_arg, const struct consult_command *command, people_result_h *done,
                       void *arg)
{
    static struct consult_effects effects;
    struct problem problem = {0};
    (void)ops_arg;
    int err = consult_do(world.consult, command, NOW_MS, &effects, &problem);
    json_t *result = err ? NULL : consult_json(world.consult, effects.result, CONSULT_FOR_BOOTH);
    for (size_t i = 0; !err && i < effects.count; i++)
        if (effects.list[i].kind == CONSULT_TELL || effects.list[i].kind == CONSULT_TELL_NOW)
            tell(effects.list[i].topic, effects.list[i].event,
                 consult_json_effect(world.consult, &effects.list[i]));
    done(arg, err, err ? &problem : NULL, result);
    json_decref(result);
}

static void do_lecture(void *ops_arg, const struct lecture_command *command, people_result_h *done,
                       void *arg)
{
    static struct lecture_effects effects;
    struct problem problem = {0};
    (void)ops_arg;
    int err = lectures_do(world.lectures, command, NOW_MS, &effects, &problem);
    json_t *result = err ? NULL : lecture_json(effects.result, LECTURE_FOR_HALL);
    done(arg, err, err ? &problem : NULL, result);
    json_decref(result);
}

static void no_events(void *ops_arg, const char *const *topics, size_t count, int64_t since,
                      people_events_h *done, void *arg)
{
    const struct people_event event = {since, "lecture", "{\"state\":\"live\",\"room\":\"hall\"}"};
    (void)ops_arg;
    check(count >= 1 && topics[0][0]);
    done(arg, 0, &event, since % 2 ? 1 : 0, since % 3 == 0);
}

static const struct consult *clinic(void *ops_arg)
{
    (void)ops_arg;
    return world.consult;
}

static const struct lectures *lectures(void *ops_arg)
{
    (void)ops_arg;
    return world.lectures;
}

static int64_t last_event(void *ops_arg)
{
    (void)ops_arg;
    return world.events;
}

static size_t no_metrics(void *ops_arg, char *text, size_t size)
{
    (void)ops_arg;
    check(size > 0);
    *text = 0;
    return 0;
}

static bool is_ready(void *ops_arg)
{
    (void)ops_arg;
    return true;
}

static const struct people_ops people = {
    .sign_in = by_password,
    .enrol_factor = new_factor,
    .account = do_account,
    .desk = do_desk,
    .place = do_place,
    .prompt = do_prompt,
    .has_own_prompt = has_own_prompt,
    .unlock = do_unlock,
    .verify_audit = verify,
    .report = give_report,
    .list = give_list,
    .session_user = by_name,
    .sign_out = by_name,
    .enrol = by_name,
    .booth = by_booth,
    .member = by_member,
    .member_by_link = by_name,
    .consult = do_consult,
    .lecture = do_lecture,
    .events_since = no_events,
    .clinic = clinic,
    .lectures = lectures,
    .last_event = last_event,
    .metrics = no_metrics,
    .ready = is_ready,
};

// --- media core: answers after the call ---------------------------------------------------------

static void take_offer(void *ops_arg, const struct media_request *request, media_answer_h *answered,
                       void *arg)
{
    (void)ops_arg;
    check(request->offer[request->offer_len] == 0 && *request->room && *request->participant);
    world.pending = (struct pending){
        .answered = answered, .arg = arg, .refused = strncmp(request->offer, "v=0", 3) != 0};
}

static void take_patch(void *ops_arg, const struct media_patch *patch, media_result_h *done,
                       void *arg)
{
    (void)ops_arg;
    check(patch->fragment[patch->len] == 0);
    world.pending = (struct pending){.done = done, .arg = arg, .refused = patch->len % 2};
}

static void take_end(void *ops_arg, const char *session, media_result_h *done, void *arg)
{
    (void)ops_arg;
    check(*session);
    world.pending = (struct pending){.done = done, .arg = arg};
}

static void take_layer(void *ops_arg, const struct media_layer_request *request,
                       media_result_h *done, void *arg)
{
    (void)ops_arg;
    check(*request->session && request->spatial >= -1 && request->temporal >= -1);
    world.pending = (struct pending){.done = done, .arg = arg, .refused = request->rid != NULL};
}

static bool take_live(void *ops_arg, const struct media_request *watched)
{
    (void)ops_arg;
    return *watched->room;
}

static void take_screen(void *ops_arg, const char *room, char *publication, size_t size)
{
    (void)ops_arg, (void)room, (void)size;
    *publication = '\0';
}

static unsigned take_viewers(void *ops_arg, const char *room)
{
    (void)ops_arg;
    return *room != 0;
}

static void take_camera(const char *room, const char *participant, char id[MEDIA_PUBLICATION_MAX])
{
    snprintf(id, MEDIA_PUBLICATION_MAX, "%.20s-%.20s", room, participant);
}

void api_world_answer(void)
{
    struct pending pending = world.pending;
    const struct media_answer answer = {.status = pending.refused ? 422 : 201,
                                        .sdp = "v=0\r\n",
                                        .etag = "e1",
                                        .field = "a=mid",
                                        .retry_after = 2};
    const struct media_outcome outcome = {.result = pending.refused ? MEDIA_BAD_FRAGMENT : MEDIA_OK,
                                          .etag = "e2"};
    world.pending = (struct pending){0};
    if (pending.answered)
        pending.answered(pending.arg, &answer);
    if (pending.done)
        pending.done(pending.arg, &outcome);
}

static const struct media_ops media = {.publish = take_offer,
                                       .watch = take_offer,
                                       .trickle = take_patch,
                                       .conclude = take_patch,
                                       .select_layer = take_layer,
                                       .end_session = take_end,
                                       .is_live = take_live,
                                       .viewers = take_viewers,
                                       .screen = take_screen,
                                       .camera_of = take_camera};

// --- links: the first is made, a second is refused ----------------------------------------------

static const struct problem *start_link(void *ops_arg, const struct link_request *request, char *id)
{
    static const struct problem refused = {409, "too-many-links", "Too many", "end one", "url"};
    (void)ops_arg;
    check(*request->room && request->url && *request->actor);
    strcpy(id, "link1");
    return strlen(request->url) % 2 ? &refused : NULL;
}

static json_t *list_links(void *ops_arg, const char *room, bool push)
{
    (void)ops_arg;
    check(*room);
    return json_pack("[{s:s, s:b}]", "id", "link1", "push", push);
}

static int end_link(void *ops_arg, const char *actor, const char *room, bool push, const char *id)
{
    (void)ops_arg, (void)push;
    check(*actor && *room && *id);
    return strcmp(id, "link1") == 0 ? 0 : ENOENT;
}

static const struct link_ops links = {.start = start_link, .list = list_links, .end = end_link};

// --- opening and closing ------------------------------------------------------------------------

static void load(void)
{
    static const struct consult_centre centre = {.id = "ct1", .name = "centre", .phone = "1"};
    static const struct consult_booth booth = {.id = "b1", .name = "booth one", .centre = "ct1"};
    static const struct consult_lawyer lawyer = {.id = "l1", .name = "liu", .law_firm = "firm"};
    static const struct lecture lecture = {
        .id = "lec1", .title = "title", .lecturer = "chen", .room = "hall", .starts_at = NOW_MS};
    check(consult_alloc(&world.consult) == 0 && lectures_alloc(&world.lectures) == 0);
    check(consult_load_centre(world.consult, &centre) == 0);
    check(consult_load_booth(world.consult, &booth) == 0);
    check(consult_load_lawyer(world.consult, &lawyer) == 0);
    check(lectures_load(world.lectures, &lecture) == 0);
}

struct api *api_world_open(void)
{
    struct api *api = NULL;
    if (!world.loop)
        check(loop_alloc(&world.loop) == 0);
    api_records_open();
    load();
    api_server_forget();
    world.events = 1;
    const struct api_config config = {.secret = secret,
                                      .media_rate = 0,
                                      .ice_servers = "stun:192.0.2.1:3478,turn:192.0.2.1:3478",
                                      .turn_secret = "shared",
                                      .media = &media,
                                      .people = &people,
                                      .links = &links,
                                      .records = &api_records,
                                      .papers = &api_kept,
                                      .loop = world.loop};
    check(api_alloc(&api, &config) == 0);
    world.api = api;
    return api;
}

void api_world_close(struct api *api)
{
    check(api_listeners(api) == 0);
    api_free(api);
    consult_free(world.consult);
    lectures_free(world.lectures);
    api_records_close();
}
