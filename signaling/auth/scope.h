#pragma once
#include <stdbool.h>

// Whom an account may see: everything, a district, a street of it, or one centre. A place (a
// centre, a lawyer, another account) is written the same way, so one comparison decides for all.
// Pure.

#define SCOPE_NAME_MAX 96 // bytes of a district's or street's name with its final zero
#define SCOPE_ID_MAX   40 // of a centre's id

// "" is no limit; what lies within something has its names, too.
struct scope {
    char district[SCOPE_NAME_MAX];
    char street[SCOPE_NAME_MAX];
    char centre[SCOPE_ID_MAX];
};

// Does all of `place` lie within `scope`?
bool scope_covers(const struct scope *scope, const struct scope *place);
// Does one lie within the other? Somebody of a whole district belongs to each of its centres, too.
bool scope_meets(const struct scope *a, const struct scope *b);
// No limit at all.
bool scope_is_all(const struct scope *scope);
