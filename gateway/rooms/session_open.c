#include "gateway/rooms/session.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"

// A request becomes a session: offer, answer, and what the session publishes or watches.

#define RETRY_AFTER_S 5

static void reply(struct shard *shard, struct message_open *request)
{
    request->msg.kind = MESSAGE_ANSWER;
    inbox_push(shard->config.control, &request->msg);
}

void session_refuse(struct message_open *request, int status, const char *field, const char *detail)
{
    request->status = status;
    request->retry_after = status == 503 ? RETRY_AFTER_S : 0;
    text_copy(request->field, sizeof(request->field), field);
    text_copy(request->detail, sizeof(request->detail), detail);
}

static void on_send(void *arg, const struct path *path, const uint8_t *data, size_t len)
{
    const struct session *session = arg;
    egress_raw(session->shard->egress, path, data, len);
}

static void on_connected(void *arg)
{
    struct session *session = arg;
    session_connected(session, session->shard->now_us);
}

static void on_ended(void *arg, enum peer_end why)
{
    struct session *session = arg;
    session_end(session, peer_end_name(why), session->shard->now_us);
}

static void on_source_end(void *arg, const char *why)
{
    struct session *session = arg;
    session_end(session, why, session->shard->now_us);
}

int session_make(struct shard *shard, const struct message_open *request, int64_t now_us,
                 struct session **sessionp)
{
    int err = ENOMEM;
    struct session *session = mem_zalloc(sizeof(*session));
    if (!session)
        return ENOMEM;
    session->shard = shard;
    session->publishes = request->publish;
    list_init(&session->connections);
    text_copy(session->id, sizeof(session->id), request->session);
    text_copy(session->room, sizeof(session->room), request->room);
    text_copy(session->participant, sizeof(session->participant), request->participant);
    random_text(session->etag, MESSAGE_ETAG_LEN);
    struct peer_config config = {
        .certificate = shard->config.certificate,
        .handlers = {.send = on_send, .connected = on_connected, .ended = on_ended},
        .arg = session,
    };
    session->connected_msg = message_alloc(MESSAGE_SESSION_CONNECTED,
                                           sizeof(*session->connected_msg));
    session->ended_msg = message_alloc(MESSAGE_SESSION_ENDED, sizeof(*session->ended_msg));
    if (session->connected_msg && session->ended_msg)
        err = peer_alloc(&session->peer, &config, now_us);
    if (err)
        session_free(session, now_us);
    else
        *sessionp = session;
    return err;
}

size_t session_candidates(const struct shard *shard, struct answer_candidate *to)
{
    size_t count = 0;
    for (unsigned tcp = 0; tcp < 2; tcp++)
        for (size_t i = 0; i < shard->candidates.count; i++)
            to[count++] = (struct answer_candidate){
                .host = shard->candidates.text[i], .port = shard->port, .tcp = tcp};
    return count;
}

static int make_answer(struct session *session, struct message_open *request,
                       struct answer_local *local, struct terms *terms,
                       struct answer_refusal *refusal)
{
    const struct shard *shard = session->shard;
    const struct ice *ice = peer_ice(session->peer);
    local->fingerprint = certificate_fingerprint(shard->config.certificate);
    if (!request->line) {
        local->ufrag = ice->ufrag;
        local->pwd = ice->pwd;
    }
    enum answer_role role = request->publish ? ANSWER_RECEIVE : ANSWER_SEND;
    return answer_make(shard->offer, role, local, request->sdp, sizeof(request->sdp), terms,
                       refusal);
}

int session_add_source(struct session *session, enum rooms_source source, const struct terms *terms)
{
    struct source_config config = {
        .shard = session->shard,
        .room = session->room,
        .participant = session->participant,
        .source = source,
        .terms = terms,
        .outlet = &session->outlet,
        .end = on_source_end,
        .arg = session,
    };
    return source_alloc(&session->source, &config);
}

int session_watch(struct session *session, const char *publication, const struct terms *terms,
                  const struct answer_local *local)
{
    struct watch_config config = {
        .shard = session->shard,
        .room = session->room,
        .participant = session->participant,
        .publication = publication[0] ? publication : NULL,
        .terms = terms,
        .outlet = &session->outlet,
        .audio_ssrc = local->audio_ssrc,
        .video_ssrc = local->video_ssrc,
        .video_rtx_ssrc = local->video_rtx_ssrc,
        .cname = local->cname,
        .view = session_view,
        .arg = session,
    };
    return watch_alloc(&session->watch, &config);
}

void session_name_streams(struct answer_local *local, char *cname)
{
    random_text(cname, SESSION_CNAME_MAX - 1);
    local->cname = cname;
    local->audio_ssrc = random_u32() | 1;
    local->video_ssrc = local->audio_ssrc ^ (random_u32() << 1 | 2);
    local->video_rtx_ssrc = (random_u32() | 2) & ~1U; // even: the others are odd
}

// The answer, or a counter-offer instead.
static int make_reply(struct session *session, struct message_open *request,
                      struct answer_local *local, struct terms *terms)
{
    struct answer_refusal refusal = {0};
    request->status = 201;
    int err = make_answer(session, request, local, terms, &refusal);
    bool other = err ? refusal.counter : !session_can_show(session->shard, request, terms);
    if (other && !request->publish && session_counter(session, request, local) == 0) {
        request->status = 406;
        return 0;
    }
    if (err && refusal.status)
        session_refuse(request, refusal.status, refusal.field, refusal.detail);
    return err;
}

static int open_session(struct session *session, struct message_open *request,
                        struct answer_local *local, struct terms *terms, int64_t now_us)
{
    int err = make_reply(session, request, local, terms);
    if (err || session->counter)
        return err;
    err = request->publish ? session_add_source(session, request->source, terms)
                           : session_watch(session, request->publication, terms, local);
    if (!err && session->line)
        err = session_use_line(session, session->shard->offer, terms, now_us);
    if (err)
        return err;
    peer_set_remote(session->peer, terms);
    restart_lines_set(&session->lines, terms);
    return 0;
}

// Where it can be reached: at the shard's addresses, or at those the agent thread gathered for it.
// `candidates` and `lines` have room for SESSION_CANDIDATES_MAX and SESSION_LINES_MAX.
static int add_ways(struct session *session, struct message_open *request,
                    struct answer_local *local, struct answer_candidate *candidates, char *lines)
{
    if (!request->line) {
        local->candidates = candidates;
        local->candidate_count = session_candidates(session->shard, candidates);
        return 0;
    }
    local->ufrag = request->line->ufrag;
    local->pwd = request->line->pwd;
    local->candidate_lines = lines;
    local->full_ice = true;
    return session_add_line(session, request->line, lines);
}

// Does what `request` asks for. On error the request may hold the refusal already.
static int serve(struct shard *shard, struct message_open *request, struct terms *terms,
                 int64_t now_us)
{
    char cname[SESSION_CNAME_MAX];
    struct session *session = NULL;
    int err = session_make(shard, request, now_us, &session);
    if (err)
        return err;
    char lines[SESSION_LINES_MAX];
    struct answer_candidate candidates[SESSION_CANDIDATES_MAX];
    struct answer_local local = {0};
    session_name_streams(&local, cname);
    err = add_ways(session, request, &local, candidates, lines);
    if (!err)
        err = open_session(session, request, &local, terms, now_us);
    if (err) {
        if (request->status == 201)
            request->status = 0;
        session_free(session, now_us);
        return err;
    }
    session_start(session, now_us);
    text_copy(request->etag, sizeof(request->etag), session->etag);
    return 0;
}

// Is there something in the request itself to refuse?
static bool is_sound(const struct shard *shard, struct message_open *request)
{
    struct sdp_error error = {0};
    const struct publication *publication =
        request->publication[0] ? directory_find(shard->directory, request->publication) : NULL;
    bool known = publication && strcmp(publication->info.room, request->room) == 0;
    if (session_find(shard, request->session))
        session_refuse(request, 409, "session", "there is a session with this id");
    else if (request->publication[0] && !known)
        session_refuse(request, 404, "publication", "there is no such publication in this room");
    else if (!request->dial && sdp_parse(shard->offer, request->offer, request->offer_len, &error))
        session_refuse(request, 400, error.attribute[0] ? error.attribute : "sdp", error.text);
    return request->status == 0;
}

static int open_any(struct shard *shard, struct message_open *request, int64_t now_us)
{
    if (request->dial)
        return session_dial_open(shard, request, now_us);
    struct terms *terms = mem_zalloc(sizeof(*terms));
    int err = terms ? serve(shard, request, terms, now_us) : ENOMEM;
    mem_free(terms);
    return err;
}

void session_open(struct shard *shard, struct message_open *request, int64_t now_us)
{
    if (is_sound(shard, request)) {
        int err = open_any(shard, request, now_us);
        if (err && !request->status)
            session_refuse(request, 503, "session", "no room for another session at the moment");
    }
    reply(shard, request);
}
