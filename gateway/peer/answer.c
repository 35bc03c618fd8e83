#include "gateway/peer/answer.h"

#include <errno.h>
#include <string.h>

#include "gateway/peer/answer_draft.h"

int answer_make(const struct sdp *offer, enum answer_role role, const struct answer_local *local,
                char *text, size_t size, struct terms *terms, struct answer_refusal *refusal)
{
    struct answer_draft draft = {
        .offer = offer, .role = role, .local = local, .terms = terms, .refusal = refusal};
    struct writer w = writer_of(text, size);
    memset(terms, 0, sizeof(*terms));
    memset(refusal, 0, sizeof(*refusal));
    int err = answer_check(&draft);
    if (!err)
        err = answer_transport(&draft);
    if (!err)
        err = answer_agree(&draft);
    if (err)
        return err;
    answer_write(&draft, &w);
    return writer_string(&w) ? 0 : EMSGSIZE;
}
