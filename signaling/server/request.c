#include "signaling/server/request.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/mem.h"
#include "signaling/server/fields.h"

struct kept {
    struct list link;
    char text[];
};

int request_alloc(struct http_request **reqp, struct conn *conn, char *text)
{
    struct http_request *req = mem_zalloc(sizeof(*req));
    if (!req)
        return ENOMEM;
    req->conn = conn;
    req->server = conn->server;
    req->client = conn->client;
    req->tls = conn->tls;
    req->text = text;
    req->head.path = "/";
    req->head.host = "";
    list_init(&req->kept);
    *reqp = req;
    return 0;
}

void request_free(struct http_request *req)
{
    struct list *pos, *tmp;
    if (!req)
        return;
    if (req->release && req->user)
        req->release(req->user);
    list_each(pos, tmp, &req->kept) mem_free(container_of(pos, struct kept, link));
    mem_free(req->body);
    mem_free(req->text);
    mem_free(req);
}

int request_add_body(struct http_request *req, const char *bytes, size_t len)
{
    if (req->body_len + len + 1 > req->body_cap) {
        size_t cap = req->body_cap * 2;
        if (cap > req->head.content_length + 1)
            cap = req->head.content_length + 1;
        if (cap < req->body_len + len + 1)
            cap = req->body_len + len + 1;
        char *body = mem_resize(req->body, cap);
        if (!body)
            return ENOMEM;
        req->body = body;
        req->body_cap = cap;
    }
    memcpy(req->body + req->body_len, bytes, len);
    req->body_len += len;
    req->body[req->body_len] = '\0';
    return 0;
}

char *request_keep(struct http_request *req, const char *text, size_t len)
{
    struct kept *kept = mem_zalloc(sizeof(*kept) + len + 1);
    if (!kept)
        return NULL;
    memcpy(kept->text, text, len);
    list_append(&req->kept, &kept->link);
    return kept->text;
}

enum http_method http_method(const struct http_request *req)
{
    return req->head.method;
}

const char *http_path(const struct http_request *req)
{
    return req->head.path;
}

// A piece of the query as text; NULL when it is none.
static const char *decoded(struct http_request *req, const char *piece, size_t len)
{
    char *text = request_keep(req, piece, len);
    return text && percent_decode(piece, len, true, text, len + 1) == 0 ? text : NULL;
}

const char *http_query(struct http_request *req, const char *name)
{
    const char *value;
    size_t len;
    return query_find(req->head.query, name, &value, &len) ? NULL : decoded(req, value, len);
}

const char *http_query_unclean(struct http_request *req)
{
    const char *at = req->head.query;
    while (at && *at) {
        size_t len = strcspn(at, "&");
        if (!decoded(req, at, len)) {
            const char *name = decoded(req, at, strcspn(at, "=&"));
            return name ? name : "query";
        }
        at += len + (at[len] == '&');
    }
    return NULL;
}

// Joins all fields of one name, as RFC 9110 section 5.3 allows.
static const char *join(struct http_request *req, const char *name)
{
    char all[HEAD_MAX + 2 * HEAD_FIELDS_MAX];
    size_t len = 0;
    for (size_t i = 0; i < req->head.count; i++) {
        const struct http_header *field = &req->head.fields[i];
        if (strcmp(field->name, name) != 0)
            continue;
        if (len) {
            memcpy(all + len, ", ", 2);
            len += 2;
        }
        memcpy(all + len, field->value, strlen(field->value));
        len += strlen(field->value);
    }
    return request_keep(req, all, len);
}

const char *http_header(struct http_request *req, const char *name)
{
    if (head_count(&req->head, name) > 1)
        return join(req, name);
    return head_field(&req->head, name);
}

const char *http_cookie(struct http_request *req, const char *name)
{
    const char *value;
    size_t len;
    if (cookie_find(head_field(&req->head, "cookie"), name, &value, &len))
        return NULL;
    return request_keep(req, value, len);
}

const char *http_bearer(const struct http_request *req)
{
    const char *value = head_field(&req->head, "authorization");
    if (!value || head_count(&req->head, "authorization") > 1 ||
        strncasecmp(value, "bearer ", 7) != 0)
        return NULL;
    value += 7 + strspn(value + 7, " ");
    return *value && !strpbrk(value, " \t,") ? value : NULL;
}

const char *http_body(const struct http_request *req, size_t *len)
{
    if (len)
        *len = req->body_len;
    return req->body ? req->body : "";
}

bool http_content_is(const struct http_request *req, const char *type)
{
    const char *value = head_field(&req->head, "content-type");
    size_t len = strlen(type);
    if (!value || head_count(&req->head, "content-type") > 1 || strncasecmp(value, type, len) != 0)
        return false;
    value += len + strspn(value + len, " \t");
    return *value == '\0' || *value == ';';
}

const struct addr *http_client(const struct http_request *req)
{
    return &req->client;
}

bool http_is_tls(const struct http_request *req)
{
    return req->tls;
}

bool http_is_cross_origin(const struct http_request *req)
{
    const char *origin = head_field(&req->head, "origin");
    return origin &&
           (head_count(&req->head, "origin") > 1 || !origin_is_host(origin, req->head.host));
}

void http_set_user(struct http_request *req, void *user, void (*release)(void *user))
{
    req->user = user;
    req->release = release;
}
