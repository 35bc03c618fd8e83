#include "signaling/api/papers.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/consult/party.h"

#define each_paper(api, pos, tmp) list_each(pos, tmp, &((struct api *)(uintptr_t)(api))->papers)

const struct consultation *papers_meeting(const struct api *api, const struct caller *caller,
                                          const char *id)
{
    const struct consult *clinic = api->config.people->clinic(api->config.ops_arg);
    const struct consultation *row = consult_meeting_of(clinic, caller->id);
    return row && (!id || strcmp(row->id, id) == 0) ? row : NULL;
}

static bool is_of(const struct paper *paper, const char *consultation)
{
    return strcmp(paper->consultation, consultation) == 0;
}

struct paper *papers_find(const struct api *api, const char *consultation, json_int_t n)
{
    struct list *pos, *tmp;
    each_paper(api, pos, tmp)
    {
        struct paper *paper = container_of(pos, struct paper, link);
        if (is_of(paper, consultation) && (n ? paper->n == n : paper->shown))
            return paper;
    }
    return NULL;
}

bool papers_have_room(const struct api *api, const char *consultation, size_t len)
{
    struct list *pos, *tmp;
    size_t count = 1, bytes = len, all = len;
    each_paper(api, pos, tmp)
    {
        const struct paper *paper = container_of(pos, struct paper, link);
        all += paper->len;
        if (is_of(paper, consultation)) {
            bytes += paper->len;
            count++;
        }
    }
    return count <= PAPERS_COUNT_MAX && bytes <= PAPERS_BYTES_MAX && all <= PAPERS_ALL_MAX;
}

static void wipe_one(struct paper *paper)
{
    loop_timer_stop(paper->api->config.loop, &paper->saving);
    list_remove(&paper->link);
    if (paper->bytes)
        explicit_bzero(paper->bytes, paper->len);
    mem_free(paper->bytes);
    json_decref(paper->strokes);
    mem_free(paper);
}

struct paper *papers_add(struct api *api, const struct paper *about, const void *bytes, size_t len)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    struct paper *paper = mem_zalloc(sizeof(*paper));
    if (!paper)
        return NULL;
    *paper = *about;
    paper->api = api;
    list_append(&api->papers, &paper->link);
    paper->n = ++api->paper_n;
    paper->len = len;
    paper->bytes = mem_zalloc(len);
    paper->strokes = json_array();
    if (!paper->bytes || !paper->strokes) {
        wipe_one(paper);
        return NULL;
    }
    memcpy(paper->bytes, bytes, len);
    SHA256(paper->bytes, len, hash);
    text_hex(hash, sizeof(hash), paper->hash);
    return paper;
}

void papers_show(struct api *api, const char *consultation, struct paper *paper)
{
    struct paper *before = papers_find(api, consultation, 0);
    if (before)
        before->shown = false;
    if (paper)
        paper->shown = true;
}

void papers_wipe(struct api *api, struct paper *paper)
{
    struct list *pos, *tmp;
    each_paper(api, pos, tmp)
    {
        struct paper *page = container_of(pos, struct paper, link);
        if (page->of == paper->n)
            wipe_one(page);
    }
    wipe_one(paper);
}

void api_papers_forget(struct api *api, const char *consultation)
{
    struct list *pos, *tmp;
    each_paper(api, pos, tmp)
    {
        struct paper *paper = container_of(pos, struct paper, link);
        if (is_of(paper, consultation))
            papers_keep_changes(paper);
    }
    each_paper(api, pos, tmp)
    {
        struct paper *paper = container_of(pos, struct paper, link);
        if (is_of(paper, consultation))
            wipe_one(paper);
    }
}

void papers_free(struct api *api)
{
    struct list *pos, *tmp;
    each_paper(api, pos, tmp) wipe_one(container_of(pos, struct paper, link));
}

// --- telling -----------------------------------------------------------------------------------

json_t *paper_json(const struct paper *paper)
{
    json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:I, s:I}", "n", paper->n, "type",
                             paper_type_name(paper->type), "name", paper->name, "by",
                             role_name(paper->by), "bytes", (json_int_t)paper->len, "sha256",
                             paper->hash, "width", (json_int_t)paper->size.width, "height",
                             (json_int_t)paper->size.height);
    if (json && paper->of) {
        json_object_set_new(json, "of", json_integer(paper->of));
        json_object_set_new(json, "page", json_integer(paper->page));
    }
    if (json && *paper->kept)
        json_object_set_new(json, "kept", json_true());
    if (json && paper->original)
        json_object_set_new(json, "original", json_boolean(paper->original == ORIGINAL_SEEN));
    if (json && paper->pages)
        json_object_set_new(json, "pages", json_integer(paper->pages));
    return json;
}

bool papers_are_for(const struct paper *paper, const char *participant)
{
    return !*paper->not_for || strcmp(paper->not_for, participant) != 0;
}

json_t *papers_json(const struct api *api, const struct consultation *row, const char *participant)
{
    struct list *pos, *tmp;
    const struct paper *shown = papers_find(api, row->id, 0);
    bool seen = shown && papers_are_for(shown, participant);
    json_t *list = json_array();
    each_paper(api, pos, tmp)
    {
        const struct paper *paper = container_of(pos, struct paper, link);
        if (is_of(paper, row->id) && papers_are_for(paper, participant))
            json_array_append_new(list, paper_json(paper));
    }
    return json_pack("{s:s, s:s, s:I, s:o, s:o}", "consultation", row->id, "may",
                     papers_may_name(papers_may(api, row, participant)), "shown",
                     seen ? shown->n : (json_int_t)0, "strokes",
                     seen ? json_incref(shown->strokes) : json_array(), "papers", list);
}

json_t *papers_state(const struct api *api, const struct caller *caller)
{
    const struct consultation *row = papers_meeting(api, caller, NULL);
    return row ? papers_json(api, row, caller->id) : json_null();
}

struct telling {
    struct api *api;
    const struct consultation *row;
};

static void tell_one(const char *participant, const char *topic, void *arg)
{
    const struct telling *telling = arg;
    json_t *json = papers_json(telling->api, telling->row, participant);
    char *body = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (body)
        api_tell(telling->api, topic, 0, "papers", body);
    free(body);
}

void papers_told(struct api *api, const struct consultation *row)
{
    struct telling telling = {api, row};
    consult_each_present(row, tell_one, &telling);
}

static bool has_papers(const struct api *api, const char *consultation)
{
    struct list *pos, *tmp;
    each_paper(api, pos, tmp)
    {
        if (is_of(container_of(pos, struct paper, link), consultation))
            return true;
    }
    return false;
}

// What is on the screens now was not for all: nothing is shown until somebody shows it again.
void api_papers_together(struct api *api, const char *consultation)
{
    const struct consult *clinic = api->config.people->clinic(api->config.ops_arg);
    const struct consultation *row = consult_find(clinic, consultation);
    if (!row || !has_papers(api, consultation))
        return;
    papers_show(api, consultation, NULL);
    papers_told(api, row);
}
