#include <errno.h>

#include "gateway/base/text.h"
#include "gateway/peer/answer_draft.h"

// What the steps of an answer share.

int answer_refuse(struct answer_draft *draft, int status, const char *field, const char *detail)
{
    draft->refusal->status = status;
    text_copy(draft->refusal->field, sizeof(draft->refusal->field), field);
    text_copy(draft->refusal->detail, sizeof(draft->refusal->detail), detail);
    return status == 400 ? EBADMSG : EPROTO;
}

int answer_counter(struct answer_draft *draft, const char *field, const char *detail)
{
    draft->refusal->counter = true;
    return answer_refuse(draft, 422, field, detail);
}

struct terms_media *answer_terms(const struct answer_draft *draft, const struct sdp_media *media)
{
    return media->kind == MEDIA_VIDEO ? &draft->terms->video : &draft->terms->audio;
}
