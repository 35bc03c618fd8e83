#include <errno.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/peer/offer.h"
#include "gateway/rooms/session.h"

// A counter-offer (draft-ietf-wish-whep, "Server Sends Counter-Offer"): the session is there with
// our half of the agreement, and starts when their answer comes. Until then it is as unfinished as
// one that was answered and does not connect: the same limits and the same 30 s.

// The kinds of the offer, both when it has none. EPROTO for what another offer does not heal: a
// client that would send or not receive, or that is not a WebRTC client at all.
static int take_kinds(const struct sdp *offer, struct offer_config *config)
{
    if (offer->ice_lite)
        return EPROTO;
    for (unsigned i = 0; i < offer->media_count; i++) {
        const struct sdp_media *media = &offer->media[i];
        if (media->kind != MEDIA_AUDIO && media->kind != MEDIA_VIDEO)
            continue;
        bool *kind = media->kind == MEDIA_VIDEO ? &config->video : &config->audio;
        if (*kind || media->has_crypto || media->protocol != SDP_PROTOCOL_RTP_DTLS ||
            !(media->direction & SDP_RECVONLY))
            return EPROTO;
        *kind = true;
    }
    if (!config->audio && !config->video)
        config->audio = config->video = true;
    return 0;
}

int session_counter(struct session *session, struct message_open *request,
                    const struct answer_local *local)
{
    size_t len;
    struct session_counter *pending = mem_zalloc(sizeof(*pending));
    if (!pending)
        return ENOMEM;
    pending->config = (struct offer_config){.role = ANSWER_SEND, .local = *local};
    text_copy(pending->cname, sizeof(pending->cname), local->cname);
    text_copy(pending->publication, sizeof(pending->publication), request->publication);
    int err = take_kinds(session->shard->offer, &pending->config);
    if (!err)
        err = offer_write(request->sdp, sizeof(request->sdp), &len, &pending->config);
    if (err) {
        mem_free(pending);
        return err;
    }
    // What the answer is held against; the rest was borrowed.
    pending->config.local = (struct answer_local){.audio_ssrc = local->audio_ssrc,
                                                  .video_ssrc = local->video_ssrc,
                                                  .video_rtx_ssrc = local->video_rtx_ssrc,
                                                  .cname = pending->cname};
    session->counter = pending;
    return 0;
}

static const struct publication *wanted(const struct shard *shard,
                                        const struct message_open *request)
{
    if (request->publication[0])
        return directory_find(shard->directory, request->publication);
    const struct room *room = directory_room(shard->directory, request->room);
    return room ? room_programme(room, request->participant) : NULL;
}

bool session_can_show(const struct shard *shard, const struct message_open *request,
                      const struct terms *terms)
{
    const struct publication *publication = request->publish ? NULL : wanted(shard, request);
    if (!publication || (publication->info.audio && terms->audio.present))
        return true;
    for (size_t i = 0; i < terms->video.codec_count; i++)
        if (strcmp(codec_info(terms->video.codecs[i].codec)->name, publication->info.video_codec) ==
            0)
            return true;
    return !publication->info.video_codec[0] && !publication->info.audio;
}

// --- their answer -------------------------------------------------------------------------------

static void refuse(struct shard *shard, struct message_request *request, enum rooms_result result,
                   const char *field, const char *detail)
{
    text_copy(request->field, sizeof(request->field), field);
    session_reply(shard, request, result, detail);
}

static int add_media(struct session *session, const struct terms *terms)
{
    const struct session_counter *pending = session->counter;
    if (pending->publish)
        return session_add_source(session, pending->source, terms);
    return session_watch(session, pending->publication, terms, &pending->config.local);
}

static void begin(struct session *session, struct message_request *request,
                  const struct terms *terms, int64_t now_us)
{
    struct session_counter *pending = session->counter;
    int err = 0;
    if (session->line)
        err = session_use_line(session, session->shard->offer, terms, now_us);
    if (!err)
        err = add_media(session, terms);
    if (err) {
        refuse(session->shard, request, ROOMS_ANSWER_REFUSED, "session", "memory is short");
        return;
    }
    session->dtls_active = terms->dtls_active;
    peer_set_remote(session->peer, terms);
    peer_begin(session->peer, now_us);
    restart_lines_set(&session->lines, terms);
    session->counter = NULL;
    mem_free(pending);
    session_restarted(session); // its credentials count from now on
    log_info("rooms", "our offer is answered");
    session_reply(session->shard, request, ROOMS_OK, "");
}

static void conclude(struct session *session, struct message_request *request, struct terms *terms,
                     int64_t now_us)
{
    struct shard *shard = session->shard;
    struct sdp_error error = {0};
    struct answer_refusal refusal;
    if (sdp_parse(shard->offer, request->fragment, request->fragment_len, &error))
        refuse(shard, request, ROOMS_BAD_ANSWER, error.attribute[0] ? error.attribute : "sdp",
               error.text);
    else if (offer_conclude(terms, shard->offer, &session->counter->config, &refusal))
        refuse(shard, request, refusal.status == 400 ? ROOMS_BAD_ANSWER : ROOMS_ANSWER_REFUSED,
               refusal.field, refusal.detail);
    else
        begin(session, request, terms, now_us);
}

void session_conclude(struct shard *shard, struct message_request *request, int64_t now_us)
{
    struct session *session = session_find(shard, request->session);
    if (!session) {
        session_reply(shard, request, ROOMS_NO_SESSION, "there is no such session");
    } else if (!session->counter) {
        session_reply(shard, request, ROOMS_NO_OFFER, "no offer waits for an answer");
    } else if (!request->any_etag && strcmp(request->etag, session->etag) != 0) {
        session_reply(shard, request, ROOMS_ETAG_MISMATCH, "the ICE session is another one by now");
    } else {
        struct terms *terms = mem_zalloc(sizeof(*terms));
        if (terms)
            conclude(session, request, terms, now_us);
        else
            refuse(shard, request, ROOMS_ANSWER_REFUSED, "session", "memory is short");
        mem_free(terms);
    }
}
