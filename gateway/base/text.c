#include "gateway/base/text.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool text_copy(char *to, size_t size, const char *from)
{
    size_t len = strlen(from);
    bool whole = len < size;
    if (!whole)
        len = size - 1;
    memcpy(to, from, len);
    to[len] = 0;
    return whole;
}

// Length of the well-formed UTF-8 sequence at `p` (RFC 3629 table 3-7), or 0.
static size_t sequence(const uint8_t *p, size_t left)
{
    uint8_t low = 0x80, high = 0xbf;
    size_t len;
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        len = 2;
    else if (p[0] >= 0xe0 && p[0] <= 0xef)
        len = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        len = 4;
    else
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0; // overlong
    if (p[0] == 0xed)
        high = 0x9f; // surrogates
    if (p[0] == 0xf0)
        low = 0x90;
    if (p[0] == 0xf4)
        high = 0x8f; // above U+10FFFF
    if (left < len || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

bool text_is_utf8(const char *text, size_t len)
{
    const uint8_t *p = (const uint8_t *)text;
    while (len) {
        size_t step = sequence(p, len);
        if (!step)
            return false;
        p += step;
        len -= step;
    }
    return true;
}

bool text_glob(const char *glob, const char *name)
{
    const char *star = NULL, *resume = NULL;
    while (*name) {
        if (*glob == '*') {
            star = ++glob;
            resume = name;
        } else if (*glob && (*glob == '?' || *glob == *name)) {
            glob++;
            name++;
        } else if (star) {
            glob = star;
            name = ++resume;
        } else {
            return false;
        }
    }
    while (*glob == '*')
        glob++;
    return !*glob;
}

int text_number(const char *text, long min, long max, long *value)
{
    char *end;
    if (!(*text == '-' || (*text >= '0' && *text <= '9')))
        return EINVAL;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (*end)
        return EINVAL;
    if (errno || number < min || number > max)
        return ERANGE;
    *value = number;
    return 0;
}

void text_hex(const void *bytes, size_t len, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;
    for (size_t i = 0; i < len; i++) {
        *hex++ = digits[p[i] >> 4];
        *hex++ = digits[p[i] & 15];
    }
    *hex = 0;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int text_unhex(const char *hex, void *bytes, size_t len)
{
    uint8_t *to = bytes;
    if (strlen(hex) != 2 * len)
        return EINVAL;
    for (size_t i = 0; i < len; i++) {
        int high = digit_of(hex[2 * i]), low = digit_of(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return EINVAL;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return 0;
}
