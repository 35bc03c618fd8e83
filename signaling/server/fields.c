#include "signaling/server/fields.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/text.h"

bool field_is_token(const char *text)
{
    static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    return *text && strspn(text, allowed) == strlen(text);
}

bool field_is_value(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
            return false;
    return true;
}

char *field_trim(char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    text[len] = '\0';
    return text;
}

const char *field_next(const char **list, size_t *len)
{
    const char *at = *list + strspn(*list, ", \t");
    if (!*at)
        return NULL;
    size_t n = strcspn(at, ",");
    *list = at + n;
    while (n && (at[n - 1] == ' ' || at[n - 1] == '\t'))
        n--;
    *len = n;
    return at;
}

bool field_has_token(const char *list, const char *token)
{
    const char *at;
    size_t len;
    while ((at = field_next(&list, &len)) != NULL) {
        const char *semicolon = memchr(at, ';', len);
        size_t n = semicolon ? (size_t)(semicolon - at) : len;
        if (n == strlen(token) && strncasecmp(at, token, n) == 0)
            return true;
    }
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int percent_decode(const char *text, size_t len, bool plus, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '%') {
            int high = len - i > 2 ? hex_digit(text[i + 1]) : -1;
            int low = len - i > 2 ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return EINVAL;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if ((unsigned char)c < ' ' || c == 0x7f)
            return EINVAL;
        if (used + 1 >= size)
            return EOVERFLOW;
        out[used++] = c;
    }
    out[used] = '\0';
    return text_is_utf8(out, used) ? 0 : EINVAL;
}

int query_find(const char *query, const char *name, const char **value, size_t *len)
{
    size_t name_len = strlen(name);
    while (query && *query) {
        size_t n = strcspn(query, "&");
        if (n >= name_len && strncmp(query, name, name_len) == 0 &&
            (n == name_len || query[name_len] == '=')) {
            *value = n == name_len ? query + n : query + name_len + 1;
            *len = n == name_len ? 0 : n - name_len - 1;
            return 0;
        }
        query += n;
        query += *query == '&';
    }
    return ENOENT;
}

int cookie_find(const char *cookies, const char *name, const char **value, size_t *len)
{
    size_t name_len = strlen(name);
    while (cookies && *cookies) {
        cookies += strspn(cookies, "; ,");
        size_t n = strcspn(cookies, ";,");
        if (n > name_len && strncmp(cookies, name, name_len) == 0 && cookies[name_len] == '=') {
            *value = cookies + name_len + 1;
            *len = n - name_len - 1;
            while (*len && (*value)[*len - 1] == ' ')
                --*len;
            return 0;
        }
        cookies += n;
    }
    return ENOENT;
}

bool origin_is_host(const char *origin, const char *host)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (unsigned i = 0; i < 2; i++) {
        size_t len = strlen(schemes[i]);
        if (strncasecmp(origin, schemes[i], len) == 0)
            return *host && strcasecmp(origin + len, host) == 0;
    }
    return false;
}
