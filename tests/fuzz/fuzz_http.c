// A request's head and its path, as strangers send them: whatever comes, all facts stay inside the
// text.

#include "signaling/server/head.h"
#include "signaling/server/router.h"
#include "tests/fuzz/support/input.h"

static const struct route routes[] = {
    {HTTP_POST, "/whip/{room}", NULL},
    {HTTP_GET, "/whep/{room}/{publication}", NULL},
    {HTTP_DELETE, "/media/{session}", NULL},
};

static void check_route(const struct http_head *head)
{
    struct route_match match;
    char allow[ROUTE_ALLOW_SIZE];
    if (route_find(routes, 3, head->method, head->path, &match) == 0)
        for (size_t i = 0; i < match.params; i++)
            check(*match.value[i] && !strpbrk(match.value[i], "/\\"));
    check(strlen(route_allow(match.allowed, allow)) < sizeof(allow));
}

static void check_fields(const struct http_head *head)
{
    for (size_t i = 0; i < head->count; i++) {
        check(*head->fields[i].name && !strpbrk(head->fields[i].value, "\r\n"));
        check(head_count(head, head->fields[i].name) > 0);
        check(head_field(head, head->fields[i].name) != NULL);
    }
    check(head_count(head, "transfer-encoding") == 0);
    check(head_count(head, "content-length") <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_problem problem;
    static struct http_head head;
    size_t scanned = 0, end = 0;
    if (size > HEAD_MAX || head_find_end((const char *)data, size, &scanned, &end) != 0)
        return 0;
    char *text = malloc(end + 1);
    memcpy(text, data, end);
    text[end] = 0;
    if (head_parse(&head, text, end, &problem) == 0) {
        check(*head.path == '/');
        check(!head_check_length(&head, 99, &problem) == (head.content_length <= 99));
        check_fields(&head);
        check_route(&head);
    } else {
        check(problem.status >= 400 && problem.status < 500);
    }
    free(text);
    return 0;
}
