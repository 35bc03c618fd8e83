#include "signaling/auth/scope.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/base/writer.h"

bool scope_add_centre(struct scope *scope, const char *id)
{
    if (scope_has_centre(scope, id))
        return true;
    if (!*id || strlen(id) >= SCOPE_ID_MAX || scope->centre_count == SCOPE_CENTRES_MAX)
        return false;
    return text_copy(scope->centres[scope->centre_count++], SCOPE_ID_MAX, id);
}

void scope_list_centres(const struct scope *scope, char list[SCOPE_LIST_MAX])
{
    struct writer w = writer_of(list, SCOPE_LIST_MAX);
    for (size_t i = 0; i < scope->centre_count; i++)
        writer_printf(&w, "%s%s", i ? "," : "", scope->centres[i]);
    writer_string(&w);
}

void scope_read_centres(struct scope *scope, const char *list)
{
    scope->centre_count = 0;
    for (size_t len; *list; list += len + (list[len] == ',')) {
        char id[SCOPE_ID_MAX] = "";
        len = strcspn(list, ",");
        if (len < sizeof(id))
            memcpy(id, list, len);
        scope_add_centre(scope, id);
    }
}

bool scope_has_centre(const struct scope *scope, const char *id)
{
    for (size_t i = 0; i < scope->centre_count; i++)
        if (strcmp(scope->centres[i], id) == 0)
            return true;
    return false;
}

const char *scope_only_centre(const struct scope *scope)
{
    return scope->centre_count == 1 ? scope->centres[0] : "";
}

static bool allows(const char *limit, const char *name)
{
    return !*limit || strcmp(limit, name) == 0;
}

static bool has_all(const struct scope *scope, const struct scope *place)
{
    for (size_t i = 0; i < place->centre_count; i++)
        if (!scope_has_centre(scope, place->centres[i]))
            return false;
    return place->centre_count > 0;
}

bool scope_covers(const struct scope *scope, const struct scope *place)
{
    if (scope->centre_count)
        return has_all(scope, place);
    return allows(scope->district, place->district) && allows(scope->street, place->street);
}

bool scope_meets(const struct scope *a, const struct scope *b)
{
    return scope_covers(a, b) || scope_covers(b, a);
}

bool scope_is_all(const struct scope *scope)
{
    return !*scope->district && !*scope->street && !scope->centre_count;
}
