#include "signaling/auth/scope.h"

#include <string.h>

static bool allows(const char *limit, const char *name)
{
    return !*limit || strcmp(limit, name) == 0;
}

bool scope_covers(const struct scope *scope, const struct scope *place)
{
    return allows(scope->district, place->district) && allows(scope->street, place->street) &&
           allows(scope->centre, place->centre);
}

bool scope_meets(const struct scope *a, const struct scope *b)
{
    return scope_covers(a, b) || scope_covers(b, a);
}

bool scope_is_all(const struct scope *scope)
{
    return !*scope->district && !*scope->street && !*scope->centre;
}
