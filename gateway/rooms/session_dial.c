#include <errno.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/session.h"

// A session this gateway begins: our offer, and what the other server's answer makes of it.

struct survey {
    const char *room;
    uint32_t codecs;
};

static void note_codec(void *arg, struct publication *publication)
{
    struct survey *survey = arg;
    if (strcmp(publication->info.room, survey->room) == 0 && publication->video_facts.present)
        survey->codecs |= 1u << publication->video_facts.config.codec;
}

// Only what is published can be sent: the other server is not to choose anything else.
static uint32_t codecs_of(const struct shard *shard, const char *room)
{
    struct survey survey = {.room = room};
    directory_each(shard->directory, note_codec, &survey);
    return survey.codecs ? survey.codecs | 1u << CODEC_OPUS | 1u << CODEC_RED : 0;
}

static int write_offer(struct session *session, struct message_open *request)
{
    struct shard *shard = session->shard;
    struct session_dial *dial = session->dial;
    struct answer_local *local = &dial->offer.local;
    char lines[SESSION_LINES_MAX];
    size_t len;
    int err = session_add_line(session, request->line, lines);
    if (err)
        return err;
    dial->offer.role = dial->publish ? ANSWER_RECEIVE : ANSWER_SEND;
    dial->offer.audio = !request->no_audio;
    dial->offer.video = !request->no_video;
    dial->offer.dtls_active = true;
    if (!dial->publish)
        dial->offer.codecs = codecs_of(shard, session->room);
    session_name_streams(local, dial->cname);
    local->full_ice = true;
    local->ufrag = request->line->ufrag;
    local->pwd = request->line->pwd;
    local->fingerprint = certificate_fingerprint(shard->config.certificate);
    local->candidate_lines = lines;
    err = offer_write(request->sdp, sizeof(request->sdp), &len, &dial->offer);
    local->ufrag = local->pwd = local->candidate_lines = NULL; // the message's own
    return err;
}

int session_dial_open(struct shard *shard, struct message_open *request, int64_t now_us)
{
    struct session *session = NULL;
    int err = session_make(shard, request, now_us, &session);
    if (err)
        return err;
    session->dial = mem_zalloc(sizeof(*session->dial));
    err = session->dial ? 0 : ENOMEM;
    if (!err) {
        session->dial->publish = request->publish;
        session->dial->source = request->source;
        err = write_offer(session, request);
    }
    if (err) {
        session_free(session, now_us);
        return err;
    }
    session_start(session, now_us);
    request->status = 201;
    text_copy(request->etag, sizeof(request->etag), session->etag);
    return 0;
}

// --- the answer ---------------------------------------------------------------------------------

static int add_media(struct session *session, const struct terms *terms)
{
    const struct session_dial *dial = session->dial;
    if (dial->publish)
        return session_add_source(session, dial->source, terms);
    return session_add_watch(session, "", terms, &dial->offer.local);
}

static int conclude(struct session *session, const struct message_request *request,
                    struct terms *terms, struct answer_refusal *refusal, int64_t now_us)
{
    struct shard *shard = session->shard;
    struct sdp_error error = {0};
    if (sdp_parse(shard->offer, request->fragment, request->fragment_len, &error)) {
        text_copy(refusal->field, sizeof(refusal->field),
                  error.attribute[0] ? error.attribute : "sdp");
        text_copy(refusal->detail, sizeof(refusal->detail), error.text);
        return EBADMSG;
    }
    int err = offer_conclude(terms, shard->offer, &session->dial->offer, refusal);
    if (!err)
        err = add_media(session, terms);
    if (err)
        return err;
    peer_set_remote(session->peer, terms);
    restart_lines_set(&session->lines, terms);
    session->dtls_active = terms->dtls_active;
    return session_use_line(session, shard->offer, terms, now_us);
}

static void take_answer(struct session *session, struct message_request *request, int64_t now_us)
{
    char detail[sizeof(request->detail)];
    struct answer_refusal refusal = {.detail = "memory is short"};
    struct terms *terms = mem_zalloc(sizeof(*terms));
    int err = terms ? conclude(session, request, terms, &refusal, now_us) : ENOMEM;
    mem_free(terms);
    mem_free(session->dial);
    session->dial = NULL;
    if (!err) {
        session_reply(session->shard, request, ROOMS_OK, "");
        session_answered(session);
        return;
    }
    struct writer w = writer_of(detail, sizeof(detail));
    writer_printf(&w, "%s%s%s", refusal.field, refusal.field[0] ? ": " : "", refusal.detail);
    session_reply(session->shard, request, ROOMS_BAD_FRAGMENT,
                  writer_string(&w) ? detail : refusal.field);
    session_end(session, "refused", now_us);
}

void session_dial_answer(struct shard *shard, struct message_request *request, int64_t now_us)
{
    struct session *session = session_find(shard, request->session);
    if (!session || !session->dial)
        session_reply(shard, request, ROOMS_NO_SESSION, "no session waits for this answer");
    else
        take_answer(session, request, now_us);
}
