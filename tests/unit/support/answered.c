#include "tests/unit/support/answered.h"

#include <stdio.h>
#include <string.h>

struct sdp offer, answer;
struct terms terms;
struct answer_refusal refusal;
char text[16384];

void sdp_read(struct sdp *sdp, const char *sdp_text)
{
    struct sdp_error error;
    if (sdp_parse(sdp, sdp_text, strlen(sdp_text), &error) != 0)
        fail_msg("line %u: %s %s\n%s", error.line, error.attribute, error.text, sdp_text);
}

int answer_try(const char *sdp, enum answer_role role, const struct answer_local *local)
{
    sdp_read(&offer, sdp);
    return answer_make(&offer, role, local, text, sizeof(text), &terms, &refusal);
}

void answer_accept(const char *sdp, enum answer_role role, const struct answer_local *local)
{
    if (answer_try(sdp, role, local) != 0)
        fail_msg("refused: %s %s", refusal.field, refusal.detail);
    sdp_read(&answer, text);
    assert_int_equal(answer.media_count, offer.media_count);
}

bool answer_says(const char *line)
{
    char whole[512];
    snprintf(whole, sizeof(whole), "\r\n%s\r\n", line);
    return strstr(text, whole) != NULL;
}

const char *sdp_with(const char *sdp, const char *from, const char *to)
{
    static char copies[4][SDP_TEXT_MAX];
    static unsigned next;
    char *copy = copies[next++ % 4], *end = copy;
    const char *at;
    assert_non_null(strstr(sdp, from));
    while ((at = strstr(sdp, from))) {
        memcpy(end, sdp, (size_t)(at - sdp));
        end = stpcpy(end + (at - sdp), to);
        sdp = at + strlen(from);
    }
    strcpy(end, sdp);
    return copy;
}

const char *sdp_file(const char *name)
{
    static char file[SDP_TEXT_MAX];
    FILE *in = fopen(name, "rb");
    assert_non_null(in);
    size_t len = fread(file, 1, sizeof(file) - 1, in);
    fclose(in);
    file[len] = 0;
    return file;
}
