#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// State machines as tables: each state has a name and the set of states it may move to.

struct sm_state {
    const char *name;
    uint32_t next; // bit mask of allowed next states: SM_TO(A) | SM_TO(B)
};

struct sm {
    const struct sm_state *table;
    unsigned state;
};

#define SM_TO(state) (1u << (state))

static inline void sm_init(struct sm *sm, const struct sm_state *table, unsigned state)
{
    sm->table = table;
    sm->state = state;
}

static inline bool sm_can(const struct sm *sm, unsigned to)
{
    return (sm->table[sm->state].next & SM_TO(to)) != 0;
}

// EPROTO when the table does not allow the move; the state is then unchanged.
int sm_move(struct sm *sm, unsigned to);

static inline const char *sm_name(const struct sm *sm)
{
    return sm->table[sm->state].name;
}

// Finds a state by name in a table of `count` rows; ENOENT.
int sm_parse(const struct sm_state *table, size_t count, const char *name, unsigned *state);
