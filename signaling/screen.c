#include "signaling/screen.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/carriage.h"
#include "signaling/consult/party.h"

// The consultation whose room this is, while its two meet; or NULL.
static const struct consultation *meeting(const struct control *control, const char *room)
{
    const struct consultation *row = control_is_consultation(room)
                                         ? consult_find(control->consult, room)
                                         : NULL;
    bool meets = row && (row->state == CONSULT_CONNECTED || row->state == CONSULT_SUSPENDED);
    return meets ? row : NULL;
}

bool screen_may(const struct control *control, const char *room, const char *participant,
                enum rooms_source source)
{
    const struct consultation *row = source == ROOMS_SCREEN ? meeting(control, room) : NULL;
    return !row || strcmp(row->lawyer, participant) == 0;
}

struct telling {
    struct api *api;
    const char *body;
};

static void tell_one(const char *participant, const char *topic, void *arg)
{
    const struct telling *telling = arg;
    (void)participant;
    api_tell(telling->api, topic, 0, "screen", telling->body);
}

void screen_changed(struct control *control, const struct rooms_publication *publication, bool on)
{
    const struct consultation *row = meeting(control, publication->room);
    if (publication->source != ROOMS_SCREEN || !row)
        return;
    json_t *data = json_pack("{s:s, s:s?}", "consultation", row->id, "publication",
                             on ? publication->id : NULL);
    char *body = data ? json_dumps(data, JSON_COMPACT) : NULL;
    json_decref(data);
    struct telling telling = {control->api, body};
    if (body)
        consult_each_present(row, tell_one, &telling);
    free(body);
}

struct search {
    char *found;
    size_t size;
};

static void look(void *arg, const struct rooms_publication *publication)
{
    struct search *search = arg;
    if (publication->source == ROOMS_SCREEN)
        text_copy(search->found, search->size, publication->id);
}

void screen_find(void *ops_arg, const char *room, char *publication, size_t size)
{
    struct control *control = ops_arg;
    struct search search = {publication, size};
    *publication = '\0';
    rooms_publications(control->rooms, room, look, &search);
}
