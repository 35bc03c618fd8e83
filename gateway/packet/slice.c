#include "gateway/packet/slice.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

struct slice slice_of(const char *text)
{
    return (struct slice){.p = text, .len = text ? strlen(text) : 0};
}

bool slice_is(struct slice s, const char *text)
{
    return slice_equal(s, slice_of(text));
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool slice_is_nocase(struct slice s, const char *text)
{
    return s.len == strlen(text) && (s.len == 0 || strncasecmp(s.p, text, s.len) == 0);
}

struct slice slice_cut(struct slice *rest, char separator)
{
    struct slice part = *rest;
    const char *at = part.len ? memchr(part.p, separator, part.len) : NULL;
    if (!at) {
        *rest = (struct slice){0};
        return part;
    }
    part.len = (size_t)(at - part.p);
    rest->p += part.len + 1;
    rest->len -= part.len + 1;
    return part;
}

struct slice slice_word(struct slice *rest)
{
    struct slice word = {0};
    while (rest->p && word.len == 0)
        word = slice_cut(rest, ' ');
    return word.len ? word : (struct slice){0};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice s)
{
    while (s.len && is_blank(s.p[0])) {
        s.p++;
        s.len--;
    }
    while (s.len && is_blank(s.p[s.len - 1]))
        s.len--;
    return s;
}

int slice_number(struct slice s, uint64_t min, uint64_t max, uint64_t *value)
{
    uint64_t sum = 0;
    bool over = false;
    if (s.len == 0)
        return EINVAL;
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return EINVAL;
        over |= __builtin_mul_overflow(sum, 10u, &sum);
        over |= __builtin_add_overflow(sum, (unsigned)(s.p[i] - '0'), &sum);
    }
    if (over || sum < min || sum > max)
        return EOVERFLOW;
    *value = sum;
    return 0;
}

int slice_copy(char *to, size_t size, struct slice s)
{
    if (s.len >= size) {
        if (size)
            to[0] = 0;
        return EMSGSIZE;
    }
    if (s.len)
        memcpy(to, s.p, s.len);
    to[s.len] = 0;
    return 0;
}
