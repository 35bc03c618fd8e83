#include "tests/fuzz/support/api_world.h"
#include "tests/fuzz/support/input.h"

// Messages of pages over the live WebSocket: a booth, a lawyer, an elder and the hall, in any
// order, coming and going. The input is lines; the first byte of each says who speaks, and whether
// the connection ends first.

#define PAGES     4
#define TURNS_MAX 64

struct page {
    struct ws_conn conn;
    bool open;
};

static void close_page(struct api *api, struct page *page)
{
    if (page->open)
        api_handlers.ws_closed(&page->conn, 1000, api);
    page->open = false;
}

static void open_page(struct api *api, struct page *page, unsigned who)
{
    static const enum token_purpose tokens[PAGES] = {TOKEN_BOOTH, TOKEN_MEMBER};
    static const char *const cookies[PAGES] = {NULL, NULL, "lawyer", "hall"};
    page->conn = (struct ws_conn){
        .token = tokens[who] ? api_world_token(tokens[who]) : NULL,
        .cookie = cookies[who],
    };
    page->open = true;
    api_handlers.ws_open(&page->conn, api);
}

static void speak(struct api *api, struct page *page, const uint8_t *line, size_t len)
{
    char *text = malloc(len + 1);
    check(text != NULL);
    memcpy(text, line, len);
    text[len] = 0;
    unsigned sent = page->conn.sent;
    api_handlers.ws_message(&page->conn, text, len, api);
    check(page->conn.sent > sent); // nothing stays without a word
    free(text);
}

static void turn(struct api *api, struct page *pages, const uint8_t *line, size_t len)
{
    unsigned who = line[0] % PAGES;
    struct page *page = &pages[who];
    if (line[0] & 0x40 || page->conn.closing)
        close_page(api, page);
    if (!page->open)
        open_page(api, page, who);
    speak(api, page, line + 1, len - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct page pages[PAGES] = {0};
    struct input in = {data, size};
    struct api *api = api_world_open();
    for (unsigned i = 0; i < TURNS_MAX && in.left; i++) {
        size_t len;
        const uint8_t *end = memchr(in.at, '\n', in.left);
        const uint8_t *line = input_bytes(&in, end ? (size_t)(end - in.at) : in.left, &len);
        if (len > 1)
            turn(api, pages, line, len);
        input_number(&in, 1);
    }
    for (unsigned i = 0; i < PAGES; i++)
        close_page(api, &pages[i]);
    api_world_close(api);
    return 0;
}
