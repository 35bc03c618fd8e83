#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "signaling/consult/party.h"
#include "signaling/control_inside.h"
#include "signaling/link.h"
#include "signaling/screen.h"

// The api's media table on the media core, and what the core tells back.

struct question {
    media_answer_h *answered;
    void *arg;
};

static void refuse(media_answer_h *answered, void *arg, int status, const char *field,
                   const char *detail)
{
    answered(arg, &(const struct media_answer){.status = status,
                                               .field = field,
                                               .detail = detail,
                                               .retry_after = status == 503 ? 2 : 0});
}

static void core_answered(void *arg, const struct rooms_answer *answer)
{
    struct question *question = arg;
    question->answered(question->arg,
                       &(const struct media_answer){.status = answer->status,
                                                    .sdp = answer->sdp,
                                                    .etag = answer->etag,
                                                    .field = answer->field,
                                                    .detail = answer->detail,
                                                    .retry_after = answer->retry_after});
    mem_free(question);
}

static struct rooms_request core_request(const struct media_request *request)
{
    return (struct rooms_request){.session = request->session,
                                  .room = request->room,
                                  .participant = request->participant,
                                  .offer = request->offer,
                                  .offer_len = request->offer_len,
                                  .publication = request->publication};
}

bool control_is_consultation(const char *room)
{
    return strncmp(room, "c-", 2) == 0;
}

static bool may_watch(const struct control *control, const struct media_request *request)
{
    return !control_is_consultation(request->room) ||
           consult_may_enter(control->consult, request->room, request->participant);
}

// The way to the other one may be there before they meet. He is parked already; should that have
// failed, nothing may be shown all the same.
static bool may_watch_ahead(const struct control *control, const struct media_request *request)
{
    return consult_may_prepare(control->consult, request->room, request->participant) &&
           rooms_park(control->rooms, request->room, request->participant, true) == 0;
}

// A camera may be there before they meet.
static bool may_publish(const struct control *control, const struct media_request *request,
                        enum rooms_source source)
{
    return may_watch(control, request) ||
           (source == ROOMS_CAMERA &&
            consult_may_prepare(control->consult, request->room, request->participant));
}

// NULL after having refused.
static struct question *admit(struct control *control, bool may, media_answer_h *answered,
                              void *arg)
{
    if (control->draining) {
        refuse(answered, arg, 503, NULL, "the gateway is about to stop");
        return NULL;
    }
    if (!may) {
        refuse(answered, arg, 404, "room", "this consultation is not open");
        return NULL;
    }
    struct question *question = mem_zalloc(sizeof(*question));
    if (!question) {
        refuse(answered, arg, 503, NULL, "memory is short");
        return NULL;
    }
    question->answered = answered;
    question->arg = arg;
    return question;
}

static void publish(void *ops_arg, const struct media_request *request, media_answer_h *answered,
                    void *arg)
{
    struct control *control = ops_arg;
    struct rooms_request core = core_request(request);
    if (rooms_source_parse(request->source, &core.source) != 0) {
        refuse(answered, arg, 400, "source", "source is camera, screen, document or hall");
        return;
    }
    if (!screen_may(control, request->room, request->participant, core.source)) {
        refuse(answered, arg, 403, "source", "the lawyer of this consultation shares a screen");
        return;
    }
    struct question *question = admit(control, may_publish(control, request, core.source), answered,
                                      arg);
    if (question)
        rooms_publish(control->rooms, &core, core_answered, question);
}

static void watch(void *ops_arg, const struct media_request *request, media_answer_h *answered,
                  void *arg)
{
    struct control *control = ops_arg;
    struct rooms_request core = core_request(request);
    core.together = control_is_consultation(request->room);
    bool may = may_watch(control, request) || may_watch_ahead(control, request);
    struct question *question = admit(control, may, answered, arg);
    if (question)
        rooms_watch(control->rooms, &core, core_answered, question);
}

struct wish {
    media_result_h *done;
    void *arg;
};

static void core_done(void *arg, const struct rooms_outcome *outcome)
{
    static const enum media_result results[] = {[ROOMS_OK] = MEDIA_OK,
                                                [ROOMS_NO_SESSION] = MEDIA_NO_SESSION,
                                                [ROOMS_ETAG_MISMATCH] = MEDIA_ETAG_CHANGED,
                                                [ROOMS_BAD_FRAGMENT] = MEDIA_BAD_FRAGMENT,
                                                [ROOMS_BAD_ANSWER] = MEDIA_BAD_ANSWER,
                                                [ROOMS_ANSWER_REFUSED] = MEDIA_ANSWER_REFUSED,
                                                [ROOMS_NO_LAYER] = MEDIA_NO_LAYER,
                                                [ROOMS_NO_OFFER] = MEDIA_NO_OFFER};
    struct wish *wish = arg;
    wish->done(wish->arg, &(const struct media_outcome){.result = results[outcome->result],
                                                        .detail = outcome->detail,
                                                        .field = outcome->field,
                                                        .fragment = outcome->fragment,
                                                        .etag = outcome->etag});
    mem_free(wish);
}

static struct wish *wish_new(media_result_h *done, void *arg)
{
    struct wish *wish = mem_zalloc(sizeof(*wish));
    if (wish)
        *wish = (struct wish){.done = done, .arg = arg};
    else
        done(arg, &(const struct media_outcome){.result = MEDIA_NO_SESSION,
                                                .detail = "memory is short"});
    return wish;
}

static struct rooms_patch core_patch(const struct media_patch *patch)
{
    return (struct rooms_patch){.session = patch->session,
                                .etag = patch->etag,
                                .fragment = patch->fragment,
                                .len = patch->len};
}

static void trickle(void *ops_arg, const struct media_patch *patch, media_result_h *done, void *arg)
{
    struct control *control = ops_arg;
    struct wish *wish = wish_new(done, arg);
    const struct rooms_patch core = core_patch(patch);
    if (wish)
        rooms_trickle(control->rooms, &core, core_done, wish);
}

static void conclude(void *ops_arg, const struct media_patch *answer, media_result_h *done,
                     void *arg)
{
    struct control *control = ops_arg;
    struct wish *wish = wish_new(done, arg);
    const struct rooms_patch core = core_patch(answer);
    if (wish)
        rooms_conclude(control->rooms, &core, core_done, wish);
}

static void end_session(void *ops_arg, const char *session, media_result_h *done, void *arg)
{
    struct control *control = ops_arg;
    struct wish *wish = wish_new(done, arg);
    if (wish)
        rooms_end_session(control->rooms, session, core_done, wish);
}

static void select_layer(void *ops_arg, const struct media_layer_request *request,
                         media_result_h *done, void *arg)
{
    struct control *control = ops_arg;
    struct wish *wish = wish_new(done, arg);
    const struct rooms_layer_request core = {.session = request->session,
                                             .rid = request->rid,
                                             .spatial = request->spatial,
                                             .temporal = request->temporal,
                                             .max_width = request->max_width,
                                             .max_height = request->max_height,
                                             .paused = request->paused};
    if (wish)
        rooms_select_layer(control->rooms, &core, core_done, wish);
}

// --- what there is ------------------------------------------------------------------------------

struct live {
    const struct media_request *watched;
    bool found;
};

static void look(void *arg, const struct rooms_publication *publication)
{
    struct live *live = arg;
    const char *wanted = live->watched->publication;
    if (wanted ? strcmp(publication->id, wanted) == 0
               : strcmp(publication->participant, live->watched->participant) != 0)
        live->found = true;
}

static bool is_live(void *ops_arg, const struct media_request *watched)
{
    struct control *control = ops_arg;
    struct live live = {.watched = watched};
    rooms_publications(control->rooms, watched->room, look, &live);
    return live.found;
}

static unsigned count_viewers(void *ops_arg, const char *room)
{
    struct control *control = ops_arg;
    return rooms_viewers(control->rooms, room);
}

static void camera_of(const char *room, const char *participant, char id[MEDIA_PUBLICATION_MAX])
{
    _Static_assert(MEDIA_PUBLICATION_MAX == ROOMS_ID_MAX, "an id fits");
    rooms_publication_id(room, participant, ROOMS_CAMERA, id);
}

const struct media_ops control_media = {.publish = publish,
                                        .watch = watch,
                                        .trickle = trickle,
                                        .conclude = conclude,
                                        .select_layer = select_layer,
                                        .end_session = end_session,
                                        .is_live = is_live,
                                        .viewers = count_viewers,
                                        .screen = screen_find,
                                        .camera_of = camera_of};

// --- what the core tells -----------------------------------------------------------------------

static void session_connected(void *arg, const char *session)
{
    struct control *control = arg;
    links_connected(control->links, session);
    api_media_connected(control->api, session);
}

static void session_ended(void *arg, const char *session, const char *why)
{
    struct control *control = arg;
    log_info("media", "session %.8s ended: %s", session, why);
    links_ended(control->links, session, why);
    api_media_ended(control->api, session);
}

static void noted(void *arg, int err, const struct problem *problem, json_t *result)
{
    (void)arg, (void)err, (void)problem, (void)result;
}

static void hall_command(struct control *control, enum lecture_verb verb, const char *room,
                         unsigned viewers)
{
    const struct lecture_command command = {.verb = verb, .room = room, .viewers = viewers};
    if (lecture_of_room(control->lectures, room))
        carry_lecture(control, &command, noted, NULL);
}

static void publication_added(void *arg, const struct rooms_publication *publication)
{
    struct control *control = arg;
    recordings_added(control->recordings, publication);
    screen_changed(control, publication, true);
    links_published(control->links, publication->room);
    api_media_published(control->api, publication->room);
    if (publication->source == ROOMS_HALL)
        hall_command(control, LECTURE_PUBLISHED, publication->room, 0);
}

static void count_halls(void *arg, const struct rooms_publication *publication)
{
    unsigned *halls = arg;
    *halls += publication->source == ROOMS_HALL;
}

static void publication_removed(void *arg, const struct rooms_publication *publication)
{
    struct control *control = arg;
    unsigned halls = 0;
    recordings_removed(control->recordings, publication);
    screen_changed(control, publication, false);
    api_media_published(control->api, publication->room);
    if (publication->source != ROOMS_HALL)
        return;
    rooms_publications(control->rooms, publication->room, count_halls, &halls);
    if (!halls)
        hall_command(control, LECTURE_UNPUBLISHED, publication->room, 0);
}

static void viewers(void *arg, const char *room, unsigned count)
{
    struct control *control = arg;
    hall_command(control, LECTURE_VIEWERS, room, count);
    api_media_viewers(control->api, room);
}

static void layers(void *arg, const char *session, const struct rooms_layers *told)
{
    struct control *control = arg;
    struct media_layer list[ROOMS_LAYERS_MAX];
    struct media_layers all = {.layers = list, .current = told->current, .paused = told->paused};
    for (; all.count < told->count && all.count < ROOMS_LAYERS_MAX; all.count++) {
        const struct rooms_layer *from = &told->layers[all.count];
        list[all.count] = (struct media_layer){.rid = from->rid,
                                               .spatial = from->spatial,
                                               .temporal = from->temporal,
                                               .width = from->width,
                                               .height = from->height,
                                               .rate = from->rate,
                                               .active = from->active};
    }
    api_media_layers(control->api, session, &all);
}

const struct rooms_handlers control_rooms_handlers = {.session_connected = session_connected,
                                                      .session_ended = session_ended,
                                                      .publication_added = publication_added,
                                                      .publication_removed = publication_removed,
                                                      .viewers = viewers,
                                                      .layers = layers};
