#include "signaling/auth/base64url.h"

#include <errno.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_write(const uint8_t *bytes, size_t len, char *text)
{
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | bytes[i];
        for (held += 8; held >= 6; held -= 6)
            *text++ = alphabet[bits >> (held - 6) & 63];
    }
    if (held)
        *text++ = alphabet[bits << (6 - held) & 63];
    *text = 0;
}

int base64url_read(const char *text, uint8_t *bytes, size_t max, size_t *len)
{
    uint32_t bits = 0;
    unsigned held = 0;
    *len = 0;
    if (strlen(text) % 4 == 1)
        return EBADMSG;
    for (; *text; text++) {
        const char *at = strchr(alphabet, *text);
        if (!at)
            return EBADMSG;
        bits = bits << 6 | (uint32_t)(at - alphabet);
        held += 6;
        if (held < 8)
            continue;
        if (*len == max)
            return EMSGSIZE;
        held -= 8;
        bytes[(*len)++] = (uint8_t)(bits >> held);
    }
    return bits & ((1u << held) - 1) ? EBADMSG : 0;
}
