#include "gateway/base/csv.h"

#include <string.h>

void csv_begin(struct writer *w)
{
    writer_text(w, "\xef\xbb\xbf");
}

static bool is_formula(char first)
{
    return first && strchr("=+-@\t\r", first) != NULL;
}

void csv_cell(struct writer *w, const char *value, bool first)
{
    writer_text(w, first ? "\"" : ",\"");
    if (is_formula(*value))
        writer_u8(w, '\'');
    for (; *value; value++) {
        if (*value == '"')
            writer_u8(w, '"');
        writer_u8(w, (uint8_t)*value);
    }
    writer_u8(w, '"');
}

void csv_end(struct writer *w)
{
    writer_text(w, "\r\n");
}
