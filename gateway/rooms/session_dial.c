#include <errno.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/session.h"

// A session this gateway begins: its offer. The answer to it is concluded like that to a
// counter-offer.

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
    struct session_counter *dial = session->counter;
    struct answer_local *local = &dial->config.local;
    char lines[SESSION_LINES_MAX];
    size_t len;
    int err = session_add_line(session, request->line, lines);
    if (err)
        return err;
    dial->config.role = dial->publish ? ANSWER_RECEIVE : ANSWER_SEND;
    dial->config.audio = !request->no_audio;
    dial->config.video = !request->no_video;
    dial->config.dtls_active = true;
    if (!dial->publish)
        dial->config.codecs = codecs_of(shard, session->room);
    session_name_streams(local, dial->cname);
    local->full_ice = true;
    local->ufrag = request->line->ufrag;
    local->pwd = request->line->pwd;
    local->fingerprint = certificate_fingerprint(shard->config.certificate);
    local->candidate_lines = lines;
    err = offer_write(request->sdp, sizeof(request->sdp), &len, &dial->config);
    local->ufrag = local->pwd = local->candidate_lines = NULL; // the message's own
    return err;
}

int session_dial_open(struct shard *shard, struct message_open *request, int64_t now_us)
{
    struct session *session = NULL;
    int err = session_make(shard, request, now_us, &session);
    if (err)
        return err;
    session->counter = mem_zalloc(sizeof(*session->counter));
    err = session->counter ? 0 : ENOMEM;
    if (!err) {
        session->counter->dialled = true;
        session->counter->publish = request->publish;
        session->counter->source = request->source;
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
