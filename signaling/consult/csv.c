#include "signaling/consult/csv.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"

static int from_gb18030(const char *bytes, size_t len, char **textp)
{
    size_t room = 2 * len + 1, left = room - 1; // at most two bytes become three
    char *text = mem_zalloc(room), *in = (char *)(size_t)bytes, *out = text;
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    if (!text || cd == (iconv_t)-1) {
        mem_free(text);
        return ENOMEM;
    }
    size_t done = iconv(cd, &in, &len, &out, &left);
    iconv_close(cd);
    if (done == (size_t)-1) {
        mem_free(text);
        return EILSEQ;
    }
    *textp = text;
    return 0;
}

int csv_decode(const char *bytes, size_t len, char **textp)
{
    if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        len -= 3;
    }
    if (memchr(bytes, 0, len))
        return EILSEQ;
    if (!text_is_utf8(bytes, len))
        return from_gb18030(bytes, len, textp);
    *textp = mem_zalloc(len + 1);
    if (!*textp)
        return ENOMEM;
    memcpy(*textp, bytes, len);
    return 0;
}

// The field that begins at *at, without its quotes; *at is then at what ended it. NULL: the quote
// never ends.
static char *quoted(char **at, unsigned *line)
{
    char *start = ++*at, *to = start;
    for (; **at; (*at)++) {
        *line += **at == '\n';
        if (**at == '"' && (*at)[1] != '"')
            break;
        *at += **at == '"';
        *to++ = **at;
    }
    if (**at != '"')
        return NULL;
    *at += 1 + strcspn(*at + 1, ",\n");
    *to = 0;
    return start;
}

static char *trimmed(char *field, char *end)
{
    while (end > field && strchr(" \t\r", end[-1]))
        end--;
    *end = 0;
    return field + strspn(field, " \t");
}

static char *next_field(char **at, char *ended_by, unsigned *line)
{
    *at += strspn(*at, " \t");
    char *field = **at == '"' ? quoted(at, line) : *at;
    if (!field)
        return NULL;
    bool is_plain = field == *at;
    if (is_plain)
        *at += strcspn(*at, ",\n");
    *ended_by = **at;
    if (is_plain)
        field = trimmed(field, *at);
    *at += *ended_by != 0;
    return field;
}

int csv_read(char *text, csv_row_h *handler, void *arg, unsigned *line)
{
    static char empty[] = "";
    int err = 0;
    unsigned next = 1;
    for (char *at = text; *at && !err;) {
        char *fields[CSV_FIELDS_MAX], ended_by = ',';
        size_t count = 0;
        *line = next;
        while (ended_by == ',' && count < CSV_FIELDS_MAX && !err)
            if (!(fields[count++] = next_field(&at, &ended_by, &next)))
                err = EINVAL;
        if (err || ended_by == ',')
            return EINVAL;
        next++;
        bool is_empty = count == 1 && !*fields[0];
        for (size_t i = count; i < CSV_FIELDS_MAX; i++)
            fields[i] = empty;
        if (!is_empty)
            err = handler(*line, fields, count, arg);
    }
    return err;
}
