#include "signaling/consult/party.h"

#include <string.h>

#include "signaling/consult/inside.h"

bool consult_may_enter(const struct consult *consult, const char *room, const char *participant)
{
    const struct consultation *row = consult_find(consult, room);
    return row && consult_is_meeting(row) &&
           (strcmp(row->booth, participant) == 0 || strcmp(row->lawyer, participant) == 0);
}
