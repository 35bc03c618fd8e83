#include "gateway/packet/sdp_parse.h"

#include "gateway/base/text.h"
#include <stdio.h>
#include <string.h>

static void copy_name(char *to, size_t size, struct slice name)
{
    size_t n = 0;
    for (; n < name.len && n < size - 1; n++)
        to[n] = name.p[n] > ' ' && name.p[n] < 127 ? name.p[n] : '?';
    to[n] = 0;
}

int sdp_fail(struct sdp_reader *r, int code, const char *text)
{
    if (!r->error)
        return code;
    r->error->line = r->line;
    copy_name(r->error->attribute, sizeof(r->error->attribute), r->name);
    snprintf(r->error->text, sizeof(r->error->text), "%s", text);
    return code;
}

// Lets TAB, LF and CR before LF through, and no other control character.
static bool is_clean(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\r' && i + 1 < len && text[i + 1] == '\n')
            continue;
        if (c == 127 || (c < ' ' && c != '\t' && c != '\n'))
            return false;
    }
    return true;
}

int sdp_open(struct sdp_reader *r, const char *text, size_t len, struct sdp_error *error)
{
    *r = (struct sdp_reader){.at = text, .left = len, .error = error};
    if (len == 0)
        return sdp_fail(r, EBADMSG, "is empty");
    if (len > SDP_TEXT_MAX)
        return sdp_fail(r, EMSGSIZE, "is longer than 65536 bytes");
    if (!is_clean(text, len))
        return sdp_fail(r, EBADMSG, "has control characters");
    if (!text_is_utf8(text, len))
        return sdp_fail(r, EBADMSG, "is not UTF-8");
    return 0;
}

static struct slice next_text(struct sdp_reader *r)
{
    struct slice rest = {r->at, r->left};
    struct slice text = slice_cut(&rest, '\n');
    r->at = rest.p;
    r->left = rest.len;
    r->line++;
    if (text.len && text.p[text.len - 1] == '\r')
        text.len--;
    return text;
}

static bool only_line_ends(const struct sdp_reader *r)
{
    for (size_t i = 0; i < r->left; i++)
        if (r->at[i] != '\n' && r->at[i] != '\r')
            return false;
    return true;
}

int sdp_read_line(struct sdp_reader *r, struct sdp_line *line)
{
    if (only_line_ends(r))
        return ENOENT;
    struct slice text = next_text(r);
    r->name = (struct slice){0};
    if (text.len > SDP_LINE_MAX)
        return sdp_fail(r, EMSGSIZE, "line is longer than 4096 bytes");
    if (text.len < 2 || text.p[1] != '=' || text.p[0] < 'a' || text.p[0] > 'z')
        return sdp_fail(r, EBADMSG, "line must begin with a small letter and =");
    r->name = (struct slice){text.p, 2};
    line->type = text.p[0];
    line->value = (struct slice){text.p + 2, text.len - 2};
    return 0;
}

struct slice sdp_split(struct sdp_reader *r, struct slice line)
{
    r->name = slice_cut(&line, ':');
    return line;
}

bool sdp_is_token(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 127)
            return false;
    return s.len >= 1 && s.len <= 255;
}

static bool is_ice_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

bool sdp_is_ice(struct slice s, size_t min, size_t max)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_ice_char(s.p[i]))
            return false;
    return s.len >= min && s.len <= max;
}
