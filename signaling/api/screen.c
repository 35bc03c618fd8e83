#include "signaling/api/papers.h"

// What who takes part finds of the lawyer's screen when he connects.

json_t *screen_state(const struct api *api, const struct caller *caller)
{
    char publication[64];
    const struct consultation *row = papers_meeting(api, caller, NULL);
    if (!row)
        return json_null();
    api->config.media->screen(api->config.ops_arg, row->id, publication, sizeof(publication));
    return json_pack("{s:s, s:s?}", "consultation", row->id, "publication",
                     *publication ? publication : NULL);
}
