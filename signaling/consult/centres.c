#include <errno.h>
#include <string.h>

#include "signaling/consult/inside.h"
#include "signaling/consult/words.h"

// Centres and their booths: they come and change while the clinic is open.

static struct consult_centre *centre_entry(struct consult *consult, const char *id)
{
    for (size_t i = 0; id && i < consult->centre_count; i++)
        if (strcmp(consult->centres[i].id, id) == 0)
            return &consult->centres[i];
    return NULL;
}

int consult_load_centre(struct consult *consult, const struct consult_centre *centre)
{
    struct consult_centre *entry = centre_entry(consult, centre->id);
    if (!consult_is_id(centre->id))
        return EINVAL;
    if (!entry && consult->centre_count == CONSULT_CENTRES_MAX)
        return EOVERFLOW;
    if (!entry)
        entry = &consult->centres[consult->centre_count++];
    *entry = *centre;
    consult_note_centre(consult, (size_t)(entry - consult->centres));
    return 0;
}

int consult_load_booth(struct consult *consult, const struct consult_booth *booth)
{
    struct booth *entry = consult_booth_entry(consult, booth->id);
    if (!consult_is_id(booth->id))
        return EINVAL;
    if (!entry && consult->booth_count == CONSULT_BOOTHS_MAX)
        return EOVERFLOW;
    if (!entry)
        entry = &consult->booths[consult->booth_count++];
    entry->info = *booth;
    entry->centre = consult_centre_index(consult, booth->centre);
    return 0;
}

const struct consult_centre *consult_centre(const struct consult *consult, const char *id)
{
    return centre_entry((struct consult *)consult, id); // looking changes nothing
}

const struct consult_centre *consult_only_centre(const struct consult *consult)
{
    return consult->centre_count == 1 ? &consult->centres[0] : NULL;
}

const struct consult_booth *consult_booth(const struct consult *consult, const char *id)
{
    const struct booth *entry = consult_booth_entry((struct consult *)consult, id);
    return entry ? &entry->info : NULL;
}

const struct consult_centre *consult_centre_of(const struct consult *consult, const char *booth)
{
    const struct consult_booth *info = consult_booth(consult, booth);
    return info ? consult_centre(consult, info->centre) : NULL;
}

size_t consult_booths(const struct consult *consult)
{
    return consult->booth_count;
}

size_t consult_centres(const struct consult *consult)
{
    return consult->centre_count;
}

void consult_each_booth(const struct consult *consult, consult_each_booth_h *handler, void *arg)
{
    for (size_t i = 0; i < consult->booth_count; i++)
        if (!consult->booths[i].info.is_closed)
            handler(&consult->booths[i].info, arg);
}

void consult_each_centre(const struct consult *consult, consult_each_centre_h *handler, void *arg)
{
    for (size_t i = 0; i < consult->centre_count; i++)
        handler(&consult->centres[i], arg);
}
