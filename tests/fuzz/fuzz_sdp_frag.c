#include "gateway/packet/sdp_frag.h"
#include "gateway/peer/restart.h"

#include <errno.h>

#include "tests/fuzz/support/input.h"

// A trickled fragment: every slice lies inside the text, and what it is taken for (candidates, a
// restart, nonsense) can be answered.

static const char *begin, *end;

static void inside(struct slice s)
{
    check(!s.p || (s.p >= begin && s.p <= end && s.len <= (size_t)(end - s.p)));
}

static void check_error(int err, const struct sdp_error *error)
{
    check(err == EBADMSG || err == EMSGSIZE);
    check(error->text[0] && memchr(error->text, 0, sizeof(error->text)));
    check(memchr(error->attribute, 0, sizeof(error->attribute)) != NULL);
}

static void check_media(const struct sdp_frag_media *m)
{
    check(m->candidate_count <= SDP_CANDIDATES_MAX);
    inside(m->mid);
    for (unsigned i = 0; i < m->candidate_count; i++)
        inside(m->candidates[i].address);
}

// The session had the credentials that most inputs begin with.
static void check_wish(const struct sdp_frag *frag)
{
    static const struct ice_credentials ours = {"ourufrag", "ourpasswordourpassword12"};
    static struct ice ice;
    const char *why = NULL;
    ice_init(&ice, 0);
    ice_restart(&ice, &ours, slice_of("zzzz"), slice_of("zzzzzzzzzzzzzzzzzzzzzz"), 1);
    enum restart_wish wish = restart_judge(&ice, frag, &why);
    check(!why == (wish == RESTART_TRICKLE || wish == RESTART_WANTED));
    if (wish != RESTART_WANTED)
        return;
    check(frag->ufrag.len >= 4 && frag->ufrag.len < sizeof(ice.remote_ufrag));
    check(frag->pwd.len >= 22 && frag->pwd.len < sizeof(ice.remote_pwd));
    ice_restart(&ice, &ours, frag->ufrag, frag->pwd, 2);
    check(restart_judge(&ice, frag, &why) == RESTART_TRICKLE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sdp_frag frag;
    struct sdp_error error;
    begin = (const char *)data;
    end = begin + size;
    memset(&error, 0x7F, sizeof(error));
    int err = sdp_frag_parse(&frag, begin, size, &error);
    if (err) {
        check_error(err, &error);
        return 0;
    }
    check(frag.media_count <= SDP_MEDIA_MAX);
    inside(frag.ufrag);
    inside(frag.pwd);
    inside(frag.options);
    for (unsigned i = 0; i < frag.media_count; i++)
        check_media(&frag.media[i]);
    check_wish(&frag);
    return 0;
}
