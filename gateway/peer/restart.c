#include "gateway/peer/restart.h"

#include <errno.h>

#include "gateway/base/text.h"
#include "gateway/peer/answer_draft.h"

enum restart_wish restart_judge(const struct ice *ice, const struct sdp_frag *frag,
                                const char **why)
{
    bool same_ufrag = slice_is(frag->ufrag, ice->remote_ufrag);
    bool same_pwd = slice_is(frag->pwd, ice->remote_pwd);
    *why = NULL;
    if ((!frag->ufrag.p || same_ufrag) && (!frag->pwd.p || same_pwd))
        return RESTART_TRICKLE;
    if (frag->ufrag.p && ice->remote_before[0] && slice_is(frag->ufrag, ice->remote_before)) {
        *why = "the ICE session of this ice-ufrag is over";
        return RESTART_STALE;
    }
    if (frag->ufrag.p && frag->pwd.p && !same_ufrag && !same_pwd)
        return RESTART_WANTED;
    *why = "a restart has both a new ice-ufrag and a new ice-pwd";
    return RESTART_MALFORMED;
}

void restart_lines_set(struct restart_lines *lines, const struct terms *terms)
{
    bool video = terms->video_tagged;
    lines->bundled = terms->bundled;
    lines->video = video;
    text_copy(lines->mid, sizeof(lines->mid), (video ? &terms->video : &terms->audio)->mid);
    text_copy(lines->other, sizeof(lines->other), (video ? &terms->audio : &terms->video)->mid);
}

// One section is enough: it carries the transport of all in its group.
int restart_write(const struct restart_lines *lines, const struct answer_local *local, char *text,
                  size_t size)
{
    struct writer w = writer_of(text, size);
    if (!local->full_ice)
        writer_text(&w, "a=ice-lite\r\n");
    if (lines->bundled)
        writer_printf(&w, "a=group:BUNDLE %s%s%s\r\n", lines->mid, lines->other[0] ? " " : "",
                      lines->other);
    writer_printf(&w, "m=%s 9 UDP/TLS/RTP/SAVPF 0\r\n", lines->video ? "video" : "audio");
    if (lines->mid[0])
        writer_printf(&w, "a=mid:%s\r\n", lines->mid);
    writer_printf(&w, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", local->ufrag, local->pwd);
    answer_write_candidates(local, &w);
    return writer_string(&w) ? 0 : EMSGSIZE;
}
