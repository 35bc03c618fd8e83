#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/api/papers.h"

// Papers given, fetched, shown and taken away.

static bool is_between(const char *path, const char *start, const char *end)
{
    size_t len = strlen(path), head = strlen(start), tail = strlen(end);
    return len > head + tail && strncmp(path, start, head) == 0 &&
           strcmp(path + len - tail, end) == 0;
}

size_t api_body_max(const char *path)
{
    if (strcmp(path, "/v1/me/photo") == 0 || is_between(path, "/v1/users/", "/photo"))
        return PHOTO_BYTES_MAX;
    return is_between(path, "/v1/consultations/", "/papers") ? PAPER_BYTES_MAX : 0;
}

// NULL after having replied.
static const struct consultation *meeting_of(struct call *call)
{
    const char *id = route_param(&call->match, "consultation");
    const struct consultation *row = papers_meeting(call->api, &call->caller, id);
    if (!row)
        call_refuse(call, 404, "no-consultation", "there is no such running consultation",
                    "consultation");
    return row;
}

// The same for those who may give and take away.
static const struct consultation *giving_of(struct call *call)
{
    const struct consultation *row = meeting_of(call);
    if (!row || papers_may(call->api, row, call->caller.id) == PAPERS_GIVE)
        return row;
    call_refuse(call, 403, "not-yours", "you may look at these papers", NULL);
    return NULL;
}

// NULL after having replied.
static struct paper *paper_of(struct call *call, const struct consultation *row)
{
    long n;
    const char *text = route_param(&call->match, "paper");
    struct paper *paper = text_number(text, 1, INT32_MAX, &n) == 0
                              ? papers_find(call->api, row->id, n)
                              : NULL;
    if (paper && papers_are_for(paper, call->caller.id))
        return paper;
    call_refuse(call, 404, "no-paper", "there is no such paper", "paper");
    return NULL;
}

// --- giving one --------------------------------------------------------------------------------

// A number of the query that may be missing (0); false after having replied.
static bool query_number(struct call *call, const char *name, long max, long *value)
{
    const char *text = http_query(call->req, name);
    *value = 0;
    if (!text || text_number(text, 1, max, value) == 0)
        return true;
    call_refuse(call, 400, "bad-field", "this must be a number from 1 on", name);
    return false;
}

static bool read_type(struct call *call, struct paper *about)
{
    for (unsigned type = 0; type < PAPER_TYPES; type++) {
        about->type = (enum paper_type)type;
        if (http_content_is(call->req, paper_type_name(about->type)))
            return true;
    }
    call_refuse(call, 415, "not-taken", "send image/jpeg, image/png or application/pdf",
                "content-type");
    return false;
}

static bool read_name(struct call *call, struct paper *about)
{
    const char *name = http_query(call->req, "name");
    if (!name && call->caller.role == ROLE_BOOTH) // what the camera took has none
        return true;
    if (name && (paper_is_name(name) && text_copy(about->name, sizeof(about->name), name)))
        return true;
    call_refuse(call, 422, "bad-name", "a name is 1 to 200 bytes of text without / \\ \" < >",
                "name");
    return false;
}

// Pages are drawn by the lawyer's page, of a PDF that is here.
static bool read_page(struct call *call, struct paper *about)
{
    long of;
    if (!query_number(call, "of", INT32_MAX, &of) ||
        !query_number(call, "page", PAPER_PAGES_MAX, &about->page) ||
        !query_number(call, "pages", PAPER_PAGES_MAX, &about->pages))
        return false;
    about->of = of;
    if (!of && !about->page)
        return true;
    const struct paper *whole = of ? papers_find(call->api, about->consultation, of) : NULL;
    bool good = whole && whole->type == PAPER_PDF && about->type != PAPER_PDF && about->page &&
                about->page <= whole->pages && call->caller.role == ROLE_LAWYER;
    if (!good)
        call_refuse(call, 422, "bad-page", "this is no page of a PDF that is here", "of");
    return good;
}

static bool check_body(struct call *call, struct paper *about)
{
    size_t len;
    const char *why, *body = http_body(call->req, &len);
    int err = paper_check(about->type, (const uint8_t *)body, len, &about->size, &why);
    if (err)
        call_refuse(call, err == EFBIG ? 413 : 415,
                    err == EFBIG ? "too-many-pixels" : "not-as-said", why, "body");
    else if (!papers_have_room(call->api, about->consultation, len))
        call_refuse(call, 413, "too-many-papers", "take one away first", "body");
    else
        return true;
    return false;
}

// A page that is drawn again takes the place of the one before.
static void forget_twin(struct api *api, const struct paper *paper)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->papers)
    {
        struct paper *other = container_of(pos, struct paper, link);
        if (other != paper && paper->of && other->of == paper->of && other->page == paper->page)
            papers_wipe(api, other);
    }
}

// When all are together it is for all, with the PDF it is a page of.
static void show(struct api *api, const struct consultation *row, struct paper *paper)
{
    struct paper *whole = paper && paper->of ? papers_find(api, row->id, paper->of) : NULL;
    papers_show(api, row->id, paper);
    if (paper && !*row->parked)
        memset(paper->not_for, 0, sizeof(paper->not_for));
    if (whole && !*row->parked)
        memset(whole->not_for, 0, sizeof(whole->not_for));
}

void papers_post(struct call *call)
{
    size_t len;
    const char *body = http_body(call->req, &len);
    struct paper about = {.by = call->caller.role};
    const struct consultation *row = giving_of(call);
    if (!row)
        return;
    text_copy(about.consultation, sizeof(about.consultation), row->id);
    text_copy(about.not_for, sizeof(about.not_for), row->parked);
    if (!read_type(call, &about) || !read_name(call, &about) || !read_page(call, &about) ||
        !check_body(call, &about))
        return;
    struct paper *paper = papers_add(call->api, &about, body, len);
    if (!paper) {
        call_try_later(call);
        return;
    }
    forget_twin(call->api, paper);
    show(call->api, row, paper);
    papers_told(call->api, row);
    http_reply_json(call->req, 201, paper_json(paper));
}

// --- what there is -----------------------------------------------------------------------------

void papers_get(struct call *call)
{
    if (!meeting_of(call))
        return;
    json_t *json = papers_state(call->api, &call->caller);
    json_object_set_new(json, "screen", screen_state(call->api, &call->caller));
    http_reply_json(call->req, 200, json);
}

// For the pages' scripts alone: whoever opens the address himself gets a file to keep, which no
// browser shows or runs.
void paper_reply(struct call *call, json_int_t n, const char *type, const void *bytes, size_t len)
{
    char disposition[64];
    const char *ending = strrchr(type, '/') + 1;
    snprintf(disposition, sizeof(disposition), "attachment; filename=\"paper-%lld.%s\"",
             (long long)n, ending);
    http_add_header(call->req, "content-disposition", disposition);
    http_add_header(call->req, "content-security-policy", "default-src 'none'; sandbox");
    http_reply(call->req, 200, type, bytes, len);
}

void paper_get(struct call *call)
{
    const struct consultation *row = meeting_of(call);
    const struct paper *paper = row ? paper_of(call, row) : NULL;
    if (paper)
        paper_reply(call, paper->n, paper_type_name(paper->type), paper->bytes, paper->len);
}

struct patch {
    bool shown, kept, original;
    bool has_original;
};

// What a PATCH says; false after having replied.
static bool read_patch(struct call *call, struct patch *patch)
{
    json_t *body = call_json(call);
    bool good = body && call_may_bool(call, body, "shown", &patch->shown) &&
                call_may_bool(call, body, "kept", &patch->kept) &&
                call_may_bool(call, body, "original", &patch->original);
    patch->has_original = json_object_get(body, "original") != NULL;
    json_decref(body);
    return good;
}

// A page's original is its PDF's.
static void note_original(struct call *call, struct paper *paper, bool seen)
{
    struct paper *whole = paper->of ? papers_find(call->api, paper->consultation, paper->of)
                                    : paper;
    if (!whole)
        return;
    whole->original = seen ? ORIGINAL_SEEN : ORIGINAL_NOT_SEEN;
    papers_changed(whole);
}

// Either side shows a paper, or puts it away; the lawyer says whether it stays, and whether he has
// seen the original.
void paper_patch(struct call *call)
{
    const struct consultation *row = giving_of(call);
    struct paper *paper = row ? paper_of(call, row) : NULL;
    bool is_kept = paper && *paper->kept;
    struct patch patch = {.kept = is_kept, .shown = paper && paper->shown};
    if (!paper || !read_patch(call, &patch))
        return;
    bool keeps = patch.kept != is_kept;
    if ((keeps || patch.has_original) && call->caller.role != ROLE_LAWYER) {
        call_refuse(call, 403, "not-yours", "the lawyer says this of a paper",
                    keeps ? "kept" : "original");
        return;
    }
    if (patch.has_original)
        note_original(call, paper, patch.original);
    if (patch.shown != paper->shown)
        show(call->api, row, patch.shown ? paper : NULL);
    if (keeps) {
        papers_choose(call, paper, patch.kept);
        return;
    }
    papers_told(call->api, row);
    http_reply_json(call->req, 200, paper_json(paper));
}

// The lawyer takes away what he likes, the resident what is his.
void paper_delete(struct call *call)
{
    const struct consultation *row = giving_of(call);
    struct paper *paper = row ? paper_of(call, row) : NULL;
    if (!paper)
        return;
    if (call->caller.role == ROLE_BOOTH && paper->by != ROLE_BOOTH) {
        call_refuse(call, 403, "not-yours", "the other side gave this paper", "paper");
        return;
    }
    if (*paper->kept) {
        call_refuse(call, 409, "kept", "it is kept: say first that it is not", "paper");
        return;
    }
    papers_wipe(call->api, paper);
    papers_told(call->api, row);
    http_reply_empty(call->req, 204);
}
