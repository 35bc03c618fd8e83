#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/api/papers.h"

// Papers that stay when their consultation is over, because its lawyer chose so.

#define SAVE_US 500000

static void ignored(void *arg, int err)
{
    (void)arg, (void)err; // told by the log; there is nobody to be told
}

// Of a PDF: what is drawn on which of its pages. New reference.
static json_t *drawn_pages(struct api *api, const struct paper *whole)
{
    struct list *pos, *tmp;
    json_t *pages = json_array();
    list_each(pos, tmp, &api->papers)
    {
        const struct paper *page = container_of(pos, struct paper, link);
        if (page->of == whole->n && json_array_size(page->strokes))
            json_array_append_new(pages, json_pack("{s:I, s:O}", "page", (json_int_t)page->page,
                                                   "strokes", page->strokes));
    }
    return pages;
}

// `caller` NULL: nobody asked, and only what is known of it is new.
static void store(const struct caller *caller, const struct paper *paper, paper_done_h *done,
                  void *arg)
{
    struct api *api = paper->api;
    json_t *about = paper_json(paper);
    if (about && paper->type == PAPER_PDF)
        json_object_set_new(about, "drawn", drawn_pages(api, paper));
    else if (about)
        json_object_set(about, "strokes", paper->strokes);
    const struct paper_kept kept = {.consultation = paper->consultation,
                                    .id = paper->kept,
                                    .hash = paper->hash,
                                    .about = about,
                                    .bytes = caller ? paper->bytes : NULL,
                                    .len = caller ? paper->len : 0};
    if (about)
        api->config.papers->keep(api->config.ops_arg, caller, &kept, done, arg);
    else
        done(arg, ENOMEM);
    json_decref(about);
}

// --- what becomes of it ------------------------------------------------------------------------

void papers_keep_changes(struct paper *paper)
{
    if (*paper->kept && paper->changed_since)
        store(NULL, paper, ignored, NULL);
}

static void due(struct loop_timer *timer, void *arg, int64_t now_us)
{
    (void)timer, (void)now_us;
    papers_keep_changes(arg);
}

// A pen that does not rest is stored twice a second; what could not be stored is tried again with
// the next stroke, and at the end.
void papers_changed(struct paper *paper)
{
    struct api *api = paper->api;
    struct paper *whole = paper->of ? papers_find(api, paper->consultation, paper->of) : paper;
    if (!whole)
        return;
    whole->changed_since = true;
    if (*whole->kept && !loop_timer_running(&whole->saving))
        loop_timer_start(api->config.loop, &whole->saving, clock_us() + SAVE_US, due, whole);
}

// --- chosen ------------------------------------------------------------------------------------

// The meeting may be over by now, and the paper wiped.
static void chosen(void *arg, int err)
{
    struct call *call = arg;
    long n = 0;
    const struct consultation *row = papers_meeting(call->api, &call->caller,
                                                    route_param(&call->match, "consultation"));
    text_number(route_param(&call->match, "paper"), 1, INT32_MAX, &n);
    struct paper *paper = row ? papers_find(call->api, row->id, n) : NULL;
    if (err && paper && strcmp(paper->kept, call->kept) == 0)
        *paper->kept = '\0';
    if (err || !paper) {
        call_try_later(call);
        return;
    }
    text_copy(paper->kept, sizeof(paper->kept), call->kept);
    papers_told(call->api, row);
    http_reply_json(call->req, 200, paper_json(paper));
}

void papers_choose(struct call *call, struct paper *paper, bool kept)
{
    struct api *api = call->api;
    if (kept) {
        text_copy(call->kept, sizeof(call->kept), "p-");
        random_text(call->kept + 2, 16);
        text_copy(paper->kept, sizeof(paper->kept), call->kept); // asked for twice, it is kept once
        paper->changed_since = false;
        store(&call->caller, paper, chosen, call);
    } else {
        api->config.papers->drop(api->config.ops_arg, &call->caller, paper->consultation,
                                 paper->kept, chosen, call);
    }
}

// --- afterwards --------------------------------------------------------------------------------

static void refuse(struct call *call, int err)
{
    if (err == ENOENT)
        call_refuse(call, 404, "no-paper", "there is no such paper", "paper");
    else
        call_try_later(call);
}

static void listed(void *arg, int err, json_t *list, const uint8_t *bytes, size_t len)
{
    struct call *call = arg;
    (void)bytes, (void)len;
    if (err)
        refuse(call, err);
    else
        http_reply_json(call->req, 200, json_pack("{s:O}", "papers", list));
}

static const json_t *find(const json_t *list, const char *id)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        const char *its = json_string_value(json_object_get(one, "id"));
        if (its && strcmp(its, id) == 0)
            return one;
    }
    return NULL;
}

static void opened(void *arg, int err, json_t *list, const uint8_t *bytes, size_t len)
{
    struct call *call = arg;
    const json_t *about = err ? NULL : find(list, route_param(&call->match, "paper"));
    const char *type = json_string_value(json_object_get(about, "type"));
    if (type && bytes)
        paper_reply(call, json_integer_value(json_object_get(about, "n")), type, bytes, len);
    else
        refuse(call, err ? err : ENOENT);
}

static void read_kept(struct call *call, const char *id, paper_read_h *done)
{
    const struct api_config *config = &call->api->config;
    config->papers->read(config->ops_arg, &call->caller, route_param(&call->match, "consultation"),
                         id, done, call);
}

void kept_get(struct call *call)
{
    read_kept(call, "", listed);
}

void kept_paper_get(struct call *call)
{
    read_kept(call, route_param(&call->match, "paper"), opened);
}
