// The description that others read is held against the table that is served.
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/api/inside.h"

static const char *lower(enum http_method method, char *text)
{
    strcpy(text, http_method_name(method));
    for (char *p = text; *p; p++)
        *p = (char)tolower(*p);
    return text;
}

static void test_every_route_is_described(void **state)
{
    const json_t *paths = json_object_get(*state, "paths");
    for (size_t i = 0; i < api_routes_count; i++) {
        char method[16];
        const struct route *route = &api_routes[i];
        const json_t *path = json_object_get(paths, route->pattern);
        if (!json_is_object(json_object_get(path, lower(route->method, method))))
            fail_msg("%s %s is not in openapi.json", method, route->pattern);
    }
}

static bool is_served(const char *pattern, const char *method)
{
    char name[16];
    for (size_t i = 0; i < api_routes_count; i++)
        if (strcmp(api_routes[i].pattern, pattern) == 0 &&
            strcmp(lower(api_routes[i].method, name), method) == 0)
            return true;
    return false;
}

static void test_everything_described_is_served(void **state)
{
    const char *pattern, *method;
    json_t *path, *operation;
    json_object_foreach(json_object_get(*state, "paths"), pattern, path)
        json_object_foreach(path, method, operation)
    {
        if (strcmp(method, "parameters") != 0 && !is_served(pattern, method))
            fail_msg("%s %s is described and not served", method, pattern);
    }
}

static void test_guards_are_described(void **state)
{
    const json_t *paths = json_object_get(*state, "paths");
    for (size_t i = 0; i < api_routes_count; i++) {
        char method[16];
        const struct api_target *target = api_routes[i].target;
        const json_t *operation = json_object_get(json_object_get(paths, api_routes[i].pattern),
                                                  lower(api_routes[i].method, method));
        bool guarded = json_is_array(json_object_get(operation, "security"));
        if (guarded != (target->guard != GUARD_NONE))
            fail_msg("%s %s: security is not what guards it", method, api_routes[i].pattern);
    }
}

static int load(void **state)
{
    *state = json_load_file("signaling/api/openapi.json", JSON_REJECT_DUPLICATES, NULL);
    return *state ? 0 : -1;
}

static int unload(void **state)
{
    json_decref(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_route_is_described),
        cmocka_unit_test(test_everything_described_is_served),
        cmocka_unit_test(test_guards_are_described),
    };
    return cmocka_run_group_tests_name("openapi", tests, load, unload);
}
