#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/inside.h"

// Who serves whom. THE rule: a lawyer serves the centres of the place his account belongs to: those
// chosen for it, all of a street or of a district, or all there are. Whom he is offered, who
// competes for him, who is told of him and where he may be booked follow from it.

// Of a booth whose centre nobody knows: only who serves all.
#define NOWHERE CONSULT_CENTRES_MAX

static bool has(const struct lawyer *lawyer, size_t centre)
{
    return lawyer->serves[centre / 64] >> centre % 64 & 1;
}

static void note(struct lawyer *lawyer, size_t centre, bool serves)
{
    uint64_t bit = 1ull << centre % 64;
    uint64_t *word = &lawyer->serves[centre / 64];
    *word = serves ? *word | bit : *word & ~bit;
}

void consult_scope_of_centre(const struct consult_centre *centre, struct scope *place)
{
    *place = (struct scope){0};
    text_copy(place->district, sizeof(place->district), centre->district);
    text_copy(place->street, sizeof(place->street), centre->street);
    scope_add_centre(place, centre->id);
}

static void keep_shared(char *name, const char *other)
{
    if (strcmp(name, other) != 0)
        *name = 0;
}

void consult_name_place(const struct consult *consult, struct scope *place)
{
    size_t known = 0;
    for (size_t i = 0; i < place->centre_count; i++) {
        const struct consult_centre *centre = consult_centre(consult, place->centres[i]);
        if (centre && known++ == 0) {
            text_copy(place->district, sizeof(place->district), centre->district);
            text_copy(place->street, sizeof(place->street), centre->street);
        } else if (centre) {
            keep_shared(place->district, centre->district);
            keep_shared(place->street, *place->district ? centre->street : "");
        }
    }
}

static void look(const struct consult *consult, struct lawyer *lawyer, size_t centre)
{
    struct scope place;
    consult_scope_of_centre(&consult->centres[centre], &place);
    note(lawyer, centre, scope_covers(&lawyer->info.place, &place));
}

void consult_note_centre(struct consult *consult, size_t centre)
{
    for (size_t i = 0; i < consult->lawyer_count; i++)
        look(consult, &consult->lawyers[i], centre);
}

void consult_note_lawyer(const struct consult *consult, struct lawyer *lawyer)
{
    for (size_t i = 0; i < consult->centre_count; i++)
        look(consult, lawyer, i);
    note(lawyer, NOWHERE, scope_is_all(&lawyer->info.place));
}

size_t consult_centre_index(const struct consult *consult, const char *centre)
{
    const struct consult_centre *entry = consult_centre(consult, centre);
    return entry ? (size_t)(entry - consult->centres) : NOWHERE;
}

bool consult_is_server(const struct lawyer *lawyer, const struct consultation *row)
{
    return has(lawyer, consult_slot(row)->centre);
}

bool consult_serves(const struct consult *consult, const char *lawyer, const char *centre)
{
    const struct lawyer *entry = consult_lawyer_entry((struct consult *)consult, lawyer); // looks
    return entry && has(entry, consult_centre_index(consult, centre));
}

bool consult_serves_within(const struct consult *consult, const char *lawyer,
                           const struct scope *scope)
{
    struct scope place;
    const struct lawyer *entry = consult_lawyer_entry((struct consult *)consult, lawyer); // looks
    for (size_t i = 0; entry && i < consult->centre_count; i++) {
        if (!has(entry, i))
            continue;
        consult_scope_of_centre(&consult->centres[i], &place);
        if (scope_covers(scope, &place))
            return true;
    }
    return false;
}

bool consult_stands_in(const struct consult *consult, const char *lawyer, const char *other)
{
    const struct lawyer *one = consult_lawyer_entry((struct consult *)consult, lawyer); // looks
    const struct lawyer *two = consult_lawyer_entry((struct consult *)consult, other);
    for (size_t i = 0; one && two && i < CONSULT_CENTRE_WORDS; i++)
        if (two->serves[i] & ~one->serves[i])
            return false;
    return one && two;
}

bool consult_serve_together(const struct lawyer *a, const struct lawyer *b)
{
    for (size_t i = 0; i < CONSULT_CENTRE_WORDS; i++)
        if (a->serves[i] & b->serves[i])
            return true;
    return false;
}

bool consult_compete(const struct consult *consult, const struct consultation *a,
                     const struct consultation *b)
{
    size_t here = consult_slot(a)->centre, there = consult_slot(b)->centre;
    if (here == there)
        return true;
    for (size_t i = 0; i < consult->lawyer_count; i++) {
        const struct lawyer *lawyer = &consult->lawyers[i];
        if (lawyer->duty.on_duty && has(lawyer, here) && has(lawyer, there))
            return true;
    }
    return false;
}
