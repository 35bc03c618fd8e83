#include <errno.h>

#include "gateway/base/writer.h"
#include "gateway/rooms/session.h"

// A session with full ICE: its datagrams come and go on a line to the agent thread.

int session_write_lines(const struct line_local *from, char *text)
{
    struct writer w = writer_of(text, SESSION_LINES_MAX);
    for (size_t i = 0; i < from->count; i++)
        writer_printf(&w, "a=%s\r\n", from->candidate[i]);
    return writer_string(&w) ? 0 : EMSGSIZE;
}

int session_add_line(struct session *session, struct line_local *from, char *text)
{
    int err = session_write_lines(from, text);
    return err ? err : line_alloc(&session->line, session->shard, session, from);
}

// The m-line whose transport counts for all.
static const struct sdp_media *tagged(const struct sdp *sdp, const struct terms *terms)
{
    enum media_kind kind = terms->video_tagged ? MEDIA_VIDEO : MEDIA_AUDIO;
    const struct sdp_media *media = sdp->media;
    for (unsigned i = 0; i < sdp->media_count; i++)
        if (sdp->media[i].kind == kind)
            media = &sdp->media[i];
    return media;
}

int session_use_line(struct session *session, const struct sdp *sdp, const struct terms *terms,
                     int64_t now_us)
{
    const struct sdp_media *media = tagged(sdp, terms);
    const struct path *path = line_path(session->line);
    bool dialled = session->counter && session->counter->dialled; // RFC 9725: all are in the answer
    const struct line_remote remote = {
        .ufrag = slice_of(terms->ufrag),
        .pwd = slice_of(terms->pwd),
        .candidates = media->candidates,
        .count = media->candidate_count,
        .complete = media->end_of_candidates || sdp->end_of_candidates || dialled,
    };
    int err = line_tell(session->line, &remote);
    if (err)
        return err;
    peer_delegate(session->peer, path, now_us);
    path_claim(session->shard->paths, session, path, now_us);
    return 0;
}

void session_lost(struct session *session, int64_t now_us)
{
    session->shard->now_us = now_us;
    peer_lost(session->peer);
}
