#include "signaling/server/router.h"

#include <errno.h>
#include <string.h>

#include "signaling/server/fields.h"

#define SEGMENTS_MAX 12

struct path {
    size_t count;
    char text[SEGMENTS_MAX][ROUTE_PARAM_SIZE];
};

static int decode_segment(const char *from, size_t len, char *text)
{
    int err = percent_decode(from, len, false, text, ROUTE_PARAM_SIZE);
    if (err || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
        return EINVAL;
    return strpbrk(text, "/\\") ? EINVAL : 0;
}

// "/" has no segments, "/a/b" two. A '/' at the end makes an empty one, which no pattern fits; an
// empty one in the middle is refused.
static int split(const char *raw, struct path *path)
{
    path->count = 0;
    if (*raw != '/')
        return EINVAL;
    raw++;
    while (*raw) {
        size_t len = strcspn(raw, "/");
        if (path->count == SEGMENTS_MAX || len == 0)
            return EINVAL;
        int err = decode_segment(raw, len, path->text[path->count++]);
        if (err)
            return err;
        raw += len;
        if (*raw == '/' && !raw[1] && path->count < SEGMENTS_MAX)
            path->text[path->count++][0] = '\0';
        raw += *raw == '/';
    }
    return 0;
}

static bool segment_fits(const char *pattern, size_t len, const char *text)
{
    if (*pattern == '{')
        return *text != '\0';
    return strlen(text) == len && memcmp(pattern, text, len) == 0;
}

static bool fits(const char *pattern, const struct path *path)
{
    size_t i = 0;
    while (*pattern++ == '/' && *pattern) {
        size_t len = strcspn(pattern, "/");
        if (i == path->count || !segment_fits(pattern, len, path->text[i]))
            return false;
        i++;
        pattern += len;
    }
    return i == path->count;
}

static void keep_params(struct route_match *match, const struct path *path)
{
    const char *pattern = match->route->pattern;
    for (size_t i = 0; i < path->count; i++) {
        pattern++;
        if (*pattern == '{' && match->params < ROUTE_PARAMS_MAX) {
            match->name[match->params] = pattern + 1;
            memcpy(match->value[match->params++], path->text[i], ROUTE_PARAM_SIZE);
        }
        pattern += strcspn(pattern, "/");
    }
}

// Rows with fewer parameters win over rows with more: "/whep/demo" before "/whep/{room}".
static size_t params_of(const char *pattern)
{
    size_t count = 0;
    for (; *pattern; pattern++)
        count += *pattern == '{';
    return count;
}

static const struct route *better(const struct route *old, const struct route *new)
{
    return !old || params_of(new->pattern) < params_of(old->pattern) ? new : old;
}

int route_find(const struct route *routes, size_t count, enum http_method method, const char *path,
               struct route_match *match)
{
    struct path parts;
    const struct route *exact = NULL, *get = NULL;
    match->route = NULL;
    match->params = 0;
    match->allowed = 0;
    if (split(path, &parts))
        return EINVAL;
    for (size_t i = 0; i < count; i++) {
        const struct route *route = &routes[i];
        if (!fits(route->pattern, &parts))
            continue;
        match->allowed |= 1u << route->method;
        if (route->method == method)
            exact = better(exact, route);
        if (route->method == HTTP_GET)
            get = better(get, route);
    }
    if (get)
        match->allowed |= 1u << HTTP_HEAD;
    match->route = !exact && method == HTTP_HEAD ? get : exact;
    if (!match->route)
        return match->allowed ? EACCES : ENOENT;
    keep_params(match, &parts);
    return 0;
}

const char *route_param(const struct route_match *match, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < match->params; i++)
        if (strncmp(match->name[i], name, len) == 0 && match->name[i][len] == '}')
            return match->value[i];
    return NULL;
}

const char *route_allow(unsigned allowed, char *text)
{
    allowed |= 1u << HTTP_OPTIONS;
    *text = '\0';
    for (unsigned i = 0; i < HTTP_METHODS; i++) {
        if (!(allowed & 1u << i))
            continue;
        strcat(text, *text ? ", " : "");
        strcat(text, http_method_name((enum http_method)i));
    }
    return text;
}
