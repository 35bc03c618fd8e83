#include "tests/fuzz/support/api_world.h"
#include "tests/fuzz/support/input.h"

#include "signaling/server/head.h"

// Whole requests, one after the other, through guards and handlers: bodies of JSON, offers and
// fragments. Each is answered once, whatever it is.

#define REQUESTS_MAX 8

// Answers the first request of the input; false when there is no whole one.
static bool ask(struct api *api, struct input *in)
{
    size_t scanned = 0, end = 0, body_len;
    struct http_head head;
    struct http_problem problem;
    size_t look = in->left < HEAD_MAX ? in->left : HEAD_MAX;
    if (head_find_end((const char *)in->at, look, &scanned, &end))
        return false;
    char *text = malloc(2 * (end + 1));
    check(text != NULL);
    memcpy(text, in->at, end);
    memcpy(text + end + 1, in->at, end);
    text[end] = text[2 * end + 1] = 0;
    input_bytes(in, end, &end);
    bool fine = head_parse(&head, text, end, &problem) == 0;
    if (fine) {
        const uint8_t *body = input_bytes(in, head.content_length, &body_len);
        check(api_world_ask(api, text + end + 1, end, body, body_len) >= 200);
    }
    free(text);
    return fine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct api *api = api_world_open();
    for (unsigned i = 0; i < REQUESTS_MAX && ask(api, &in); i++)
        ;
    api_world_close(api);
    return 0;
}
