#include <string.h>

#include "signaling/paper/inside.h"

// PDF (ISO 32000): the first bytes say so, the last say where its table of objects is, and there it
// is. What is inside is drawn by the lawyer's page, page by page, and never run.

#define TAIL_MAX 64 // bytes from "startxref" to the end

struct tail {
    const uint8_t *at, *end;
};

static bool is_eol(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool take_word(struct tail *tail, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(tail->end - tail->at) < len || memcmp(tail->at, word, len) != 0)
        return false;
    tail->at += len;
    return true;
}

static bool take_eol(struct tail *tail)
{
    const uint8_t *from = tail->at;
    while (tail->at < tail->end && (is_eol(*tail->at) || *tail->at == ' '))
        tail->at++;
    return tail->at > from;
}

static bool take_number(struct tail *tail, size_t *number)
{
    const uint8_t *from = tail->at;
    *number = 0;
    for (; tail->at < tail->end && is_digit(*tail->at) && tail->at - from < 10; tail->at++)
        *number = *number * 10 + (size_t)(*tail->at - '0');
    return tail->at > from;
}

// "startxref", a number and "%%EOF" are the last lines.
static bool read_tail(const uint8_t *bytes, size_t len, size_t *table)
{
    size_t from = len > TAIL_MAX ? len - TAIL_MAX : 0;
    for (size_t at = len; at-- > from;) {
        struct tail tail = {bytes + at, bytes + len};
        if (!take_word(&tail, "startxref"))
            continue;
        bool good = take_eol(&tail) && take_number(&tail, table) && take_eol(&tail) &&
                    take_word(&tail, "%%EOF");
        take_eol(&tail);
        return good && tail.at == tail.end;
    }
    return false;
}

// "xref", or a stream of cross-references: "12 0 obj".
static bool is_table(const uint8_t *bytes, size_t len, size_t at)
{
    size_t number = 0;
    if (at >= len)
        return false;
    struct tail tail = {bytes + at, bytes + len};
    if (take_word(&tail, "xref"))
        return true;
    return take_number(&tail, &number) && take_word(&tail, " ") && take_number(&tail, &number) &&
           take_word(&tail, " obj");
}

const char *paper_pdf(const uint8_t *bytes, size_t len, struct paper_size *size)
{
    size_t table = 0;
    (void)size;
    if (len < 9 || memcmp(bytes, "%PDF-", 5) != 0 || (bytes[5] != '1' && bytes[5] != '2') ||
        bytes[6] != '.' || !is_digit(bytes[7]) || !is_eol(bytes[8]))
        return "it does not begin as a PDF";
    if (!read_tail(bytes, len, &table))
        return "it does not end as a PDF";
    return is_table(bytes, len, table) ? NULL : "its table of objects is not there";
}
