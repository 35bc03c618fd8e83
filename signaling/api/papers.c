#include "signaling/api/papers.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"

#define each_paper(api, pos, tmp) list_each(pos, tmp, &((struct api *)(uintptr_t)(api))->papers)

const struct consultation *papers_meeting(const struct api *api, const struct caller *caller,
                                          const char *id)
{
    const struct consult *clinic = api->config.people->clinic(api->config.ops_arg);
    const struct consultation *row = caller->role == ROLE_BOOTH
                                         ? consult_of_booth(clinic, caller->id)
                                         : consult_of_lawyer(clinic, caller->id);
    bool meets = row && (row->state == CONSULT_CONNECTED || row->state == CONSULT_SUSPENDED);
    return meets && (!id || strcmp(row->id, id) == 0) ? row : NULL;
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
            papers_keep_strokes(api, paper);
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
    if (json && paper->pages)
        json_object_set_new(json, "pages", json_integer(paper->pages));
    return json;
}

json_t *papers_json(const struct api *api, const char *consultation)
{
    struct list *pos, *tmp;
    const struct paper *shown = papers_find(api, consultation, 0);
    json_t *list = json_array();
    each_paper(api, pos, tmp)
    {
        const struct paper *paper = container_of(pos, struct paper, link);
        if (is_of(paper, consultation))
            json_array_append_new(list, paper_json(paper));
    }
    return json_pack("{s:s, s:I, s:o, s:o}", "consultation", consultation, "shown",
                     shown ? shown->n : (json_int_t)0, "strokes",
                     shown ? json_incref(shown->strokes) : json_array(), "papers", list);
}

json_t *papers_state(const struct api *api, const struct caller *caller)
{
    const struct consultation *row = papers_meeting(api, caller, NULL);
    return row ? papers_json(api, row->id) : json_null();
}

void papers_tell(struct api *api, const struct consultation *row, const char *kind, json_t *data)
{
    char topic[CONSULT_ID_MAX + 8];
    char *body = data ? json_dumps(data, JSON_COMPACT) : NULL;
    json_decref(data);
    if (!body)
        return;
    snprintf(topic, sizeof(topic), "booth:%s", row->booth);
    api_tell(api, topic, 0, kind, body);
    snprintf(topic, sizeof(topic), "lawyer:%s", row->lawyer);
    api_tell(api, topic, 0, kind, body);
    free(body);
}
