#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/api/papers.h"
#include "signaling/auth/base64url.h"

// A lawyer's photo, given by himself or by who keeps his account, and shown by booths. It is read
// as strictly as papers are; the page has drawn it anew, so that where and with what it was taken
// is not in it.

#define PHOTO_SIDE_MAX 1024 // pixels

// --- shown ---------------------------------------------------------------------------------------

static void refuse_none(struct call *call)
{
    call_refuse(call, 404, "no-photo", "there is no photo of this lawyer", "lawyer");
}

// Its address names its version (a page asks for ?v=), so that it never changes.
static void got(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    const json_t *row = json_array_get(rows, 0);
    const char *text = json_string_value(json_object_get(row, "body"));
    const char *type = json_string_value(json_object_get(row, "type"));
    size_t len = 0;
    uint8_t *bytes = text ? mem_zalloc(PHOTO_BYTES_MAX) : NULL;
    if (err)
        call_problem(call, problem);
    else if (!text || !type)
        refuse_none(call);
    else if (!bytes || base64url_read(text, bytes, PHOTO_BYTES_MAX, &len) != 0)
        call_try_later(call);
    else {
        http_add_header(call->req, "cache-control", "private, max-age=604800, immutable");
        paper_reply(call, 0, type, bytes, len);
    }
    mem_free(bytes);
}

void photo_get(struct call *call)
{
    call_list(call, PEOPLE_PHOTO, route_param(&call->match, "lawyer"), got);
}

// --- given ---------------------------------------------------------------------------------------

// "image/jpeg" or "image/png" when the body is a picture of that type; NULL after having replied.
static const char *checked_type(struct call *call, const uint8_t *bytes, size_t len)
{
    struct paper_size size;
    const char *why = "";
    bool is_jpeg = http_content_is(call->req, "image/jpeg");
    if (!is_jpeg && !http_content_is(call->req, "image/png")) {
        call_refuse(call, 415, "not-taken", "send image/jpeg or image/png", "content-type");
        return NULL;
    }
    enum paper_type type = is_jpeg ? PAPER_JPEG : PAPER_PNG;
    int err = paper_check(type, bytes, len, &size, &why);
    if (!err && size.width <= PHOTO_SIDE_MAX && size.height <= PHOTO_SIDE_MAX)
        return paper_type_name(type);
    if (err && err != EFBIG)
        call_refuse(call, 415, "not-as-said", why, "body");
    else
        call_refuse(call, 413, "too-many-pixels", "a photo has at most 1024 x 1024 pixels", "body");
    return NULL;
}

static void change(struct call *call, const char *lawyer, const char *photo, const char *type)
{
    const struct account_request request = {
        .actor = call->caller.id, .id = lawyer, .photo = photo, .photo_type = type};
    call->api->config.people->account(call->api->config.ops_arg, ACCOUNT_PHOTO, &request, call_done,
                                      call);
}

static void put(struct call *call, const char *lawyer)
{
    size_t len;
    const uint8_t *bytes = (const uint8_t *)http_body(call->req, &len);
    const char *type = checked_type(call, bytes, len);
    char *text = type ? mem_zalloc(BASE64URL_LEN(len) + 1) : NULL;
    if (text) {
        base64url_write(bytes, len, text);
        change(call, lawyer, text, type);
    } else if (type) {
        call_try_later(call);
    }
    mem_free(text);
}

void my_photo_put(struct call *call)
{
    put(call, call->caller.id);
}

void my_photo_delete(struct call *call)
{
    change(call, call->caller.id, NULL, NULL);
}

// Whose account it is in the path; NULL after having replied that he is no lawyer.
static const char *kept_lawyer(struct call *call)
{
    const char *user = route_param(&call->match, "user");
    if (consult_lawyer(call_clinic(call), user))
        return user;
    call_refuse(call, 404, "no-lawyer", "this is no lawyer's account", "user");
    return NULL;
}

static void put_theirs(struct call *call)
{
    const char *lawyer = kept_lawyer(call);
    if (lawyer)
        put(call, lawyer);
}

void user_photo_put(struct call *call)
{
    call_if_keeps(call, put_theirs);
}

static void drop_theirs(struct call *call)
{
    const char *lawyer = kept_lawyer(call);
    if (lawyer)
        change(call, lawyer, NULL, NULL);
}

void user_photo_delete(struct call *call)
{
    call_if_keeps(call, drop_theirs);
}
