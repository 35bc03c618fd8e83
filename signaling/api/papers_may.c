#include <string.h>

#include "signaling/api/papers.h"
#include "signaling/consult/party.h"

// Who may do what with the papers of a meeting.

static const enum papers_may of_role[CONSULT_ROLES] = {
    [CONSULT_INTERPRETER] = PAPERS_POINT,   [CONSULT_MEDIATOR] = PAPERS_POINT,
    [CONSULT_SECOND_LAWYER] = PAPERS_POINT, [CONSULT_FAMILY] = PAPERS_SEE,
    [CONSULT_GRID_WORKER] = PAPERS_SEE,     [CONSULT_OTHER] = PAPERS_SEE,
};

static const char *const names[] = {
    [PAPERS_SEE] = "see", [PAPERS_POINT] = "point", [PAPERS_GIVE] = "draw"};

enum papers_may papers_may(const struct api *api, const struct consultation *row,
                           const char *participant)
{
    const struct consult *clinic = api->config.people->clinic(api->config.ops_arg);
    const struct consult_party *party = consult_party(clinic, participant);
    if (strcmp(row->booth, participant) == 0 || strcmp(row->lawyer, participant) == 0)
        return PAPERS_GIVE;
    if (strcmp(row->colleague, participant) == 0)
        return PAPERS_POINT;
    return party ? of_role[party->role] : PAPERS_SEE;
}

const char *papers_may_name(enum papers_may may)
{
    return names[may];
}
