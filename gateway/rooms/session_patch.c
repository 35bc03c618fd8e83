#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "gateway/rooms/session.h"

// A fragment for a session (RFC 9725 section 4.3): trickled candidates or an ICE restart.

void session_reply(struct shard *shard, struct message_request *request, enum rooms_result result,
                   const char *detail)
{
    request->result = result;
    text_copy(request->detail, sizeof(request->detail), detail);
    request->msg.kind = MESSAGE_RESULT;
    inbox_push(shard->config.control, &request->msg);
}

// The answer comes first: what cannot be answered changes nothing.
static int write_answer(const struct session *session, const struct ice_credentials *ours,
                        struct message_request *request)
{
    struct answer_candidate candidates[SESSION_CANDIDATES_MAX];
    const struct answer_local local = {
        .ufrag = ours->ufrag,
        .pwd = ours->pwd,
        .candidates = candidates,
        .candidate_count = session_candidates(session->shard, candidates),
    };
    return restart_write(&session->lines, &local, request->answer, sizeof(request->answer));
}

// The same with what the agent thread has now.
static int write_line_answer(const struct session *session, struct message_request *request)
{
    char lines[SESSION_LINES_MAX];
    const struct answer_local local = {.ufrag = request->line->ufrag,
                                       .pwd = request->line->pwd,
                                       .candidate_lines = lines,
                                       .full_ice = true};
    int err = session_write_lines(request->line, lines);
    return err ? err
               : restart_write(&session->lines, &local, request->answer, sizeof(request->answer));
}

// `ours` are empty where the agent thread has them.
static void restart(struct session *session, struct message_request *request,
                    const struct sdp_frag *frag, int64_t now_us)
{
    struct ice_credentials ours = {0};
    if (!session->line)
        ice_credentials_make(&ours);
    int err = session->line ? write_line_answer(session, request)
                            : write_answer(session, &ours, request);
    if (!err)
        err = peer_restart(session->peer, &ours, frag->ufrag, frag->pwd, now_us);
    if (err) {
        request->answer[0] = 0;
        session_reply(session->shard, request, ROOMS_BAD_FRAGMENT, "cannot be answered");
        return;
    }
    random_text(session->etag, MESSAGE_ETAG_LEN);
    text_copy(request->new_etag, sizeof(request->new_etag), session->etag);
    session_restarted(session);
    log_info("rooms", "session restarts ICE");
    session_reply(session->shard, request, ROOMS_OK, "");
}

// The candidates of the m-line that carries the transport; a fragment that names none has one
// section.
static void tell_line(struct session *session, const struct sdp_frag *frag, bool restarted)
{
    bool told = false;
    for (unsigned i = 0; i < frag->media_count; i++) {
        const struct sdp_frag_media *media = &frag->media[i];
        if (media->mid.p && !slice_is(media->mid, session->lines.mid))
            continue;
        const struct line_remote remote = {.ufrag = restarted ? frag->ufrag : (struct slice){0},
                                           .pwd = restarted ? frag->pwd : (struct slice){0},
                                           .candidates = media->candidates,
                                           .count = media->candidate_count,
                                           .complete = media->end_of_candidates ||
                                                       frag->end_of_candidates};
        (void)line_tell(session->line, &remote); // without memory as if lost on the way
        told = true;
    }
    const struct line_remote bare = {.ufrag = frag->ufrag, .pwd = frag->pwd};
    if (restarted && !told)
        (void)line_tell(session->line, &bare);
}

// The agent thread makes new credentials first; the message comes back with them.
static void ask_agent(struct session *session, struct message_request *request)
{
    if (session->restarting) {
        session_reply(session->shard, request, ROOMS_ETAG_MISMATCH, "a restart is under way");
        return;
    }
    session->restarting = true;
    request->msg.kind = MESSAGE_LINE_RESTART;
    inbox_push(session->shard->config.agents, &request->msg);
}

// Candidates of the client teach an ICE-lite server nothing: its checks tell where it is.
static void serve(struct session *session, struct message_request *request,
                  const struct sdp_frag *frag, int64_t now_us)
{
    const char *why;
    switch (restart_judge(peer_ice(session->peer), frag, &why)) {
    case RESTART_TRICKLE:
        if (session->line)
            tell_line(session, frag, false);
        session_reply(session->shard, request, ROOMS_OK, "");
        break;
    case RESTART_WANTED:
        if (session->line)
            ask_agent(session, request);
        else
            restart(session, request, frag, now_us);
        break;
    case RESTART_STALE:
        session_reply(session->shard, request, ROOMS_ETAG_MISMATCH, why);
        break;
    case RESTART_MALFORMED:
        session_reply(session->shard, request, ROOMS_BAD_FRAGMENT, why);
        break;
    }
}

void session_patch(struct shard *shard, struct message_request *request, int64_t now_us)
{
    struct session *session = session_find(shard, request->session);
    struct sdp_frag *frag = shard->fragment;
    struct sdp_error error = {0};
    if (!session)
        session_reply(shard, request, ROOMS_NO_SESSION, "there is no such session");
    else if (session->counter)
        session_reply(shard, request, ROOMS_BAD_FRAGMENT, "the offer waits for an answer first");
    else if (!request->any_etag && strcmp(request->etag, session->etag) != 0)
        session_reply(shard, request, ROOMS_ETAG_MISMATCH, "the ICE session is another one by now");
    else if (sdp_frag_parse(frag, request->fragment, request->fragment_len, &error))
        session_reply(shard, request, ROOMS_BAD_FRAGMENT, error.text);
    else
        serve(session, request, frag, now_us);
}

void session_line_restart(struct shard *shard, struct message_request *request, int64_t now_us)
{
    struct session *session = session_find(shard, request->session);
    struct sdp_frag *frag = shard->fragment;
    struct sdp_error error = {0};
    if (!session || !session->line) {
        session_reply(shard, request, ROOMS_NO_SESSION, "there is no such session");
        return;
    }
    session->restarting = false;
    if (!request->line || sdp_frag_parse(frag, request->fragment, request->fragment_len, &error)) {
        session_reply(shard, request, ROOMS_BAD_FRAGMENT, "cannot be answered");
        return;
    }
    tell_line(session, frag, true);
    restart(session, request, frag, now_us);
}
