#include "gateway/base/sm.h"

#include <errno.h>
#include <string.h>

int sm_move(struct sm *sm, unsigned to)
{
    if (!sm_can(sm, to))
        return EPROTO;
    sm->state = to;
    return 0;
}

int sm_parse(const struct sm_state *table, size_t count, const char *name, unsigned *state)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0) {
            *state = (unsigned)i;
            return 0;
        }
    return ENOENT;
}
