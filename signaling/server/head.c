#include "signaling/server/head.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "signaling/server/fields.h"

static const char *const method_names[HTTP_METHODS] = {
    [HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
    [HTTP_PUT] = "PUT",         [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
    [HTTP_OPTIONS] = "OPTIONS",
};

const char *http_method_name(enum http_method method)
{
    return method < HTTP_METHODS ? method_names[method] : "";
}

static int refuse(struct http_problem *problem, int status, const char *slug, const char *title,
                  const char *field)
{
    *problem = (struct http_problem){
        .status = status, .slug = slug, .title = title, .field = field};
    return EBADMSG;
}

static int bad_request(struct http_problem *problem, const char *title, const char *field)
{
    return refuse(problem, 400, "bad-request", title, field);
}

int head_find_end(const char *bytes, size_t len, size_t *scanned, size_t *end)
{
    for (size_t i = *scanned; i < len; i++) {
        if (bytes[i] == '\0')
            return EBADMSG;
        if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r'))
            return EBADMSG;
        if (bytes[i] != '\n' && i > 0 && bytes[i - 1] == '\r')
            return EBADMSG;
        if (bytes[i] == '\n' && i >= 3 && bytes[i - 2] == '\n') {
            *end = i + 1;
            return 0;
        }
    }
    *scanned = len;
    return EAGAIN;
}

const char *head_field(const struct http_head *head, const char *name)
{
    for (size_t i = 0; i < head->count; i++)
        if (strcmp(head->fields[i].name, name) == 0)
            return head->fields[i].value;
    return NULL;
}

size_t head_count(const struct http_head *head, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < head->count; i++)
        count += strcmp(head->fields[i].name, name) == 0;
    return count;
}

bool head_has_token(const struct http_head *head, const char *name, const char *token)
{
    for (size_t i = 0; i < head->count; i++)
        if (strcmp(head->fields[i].name, name) == 0 &&
            field_has_token(head->fields[i].value, token))
            return true;
    return false;
}

// Ends the text at the next `stop` and returns what follows it, or NULL.
static char *cut(char *text, char stop)
{
    char *at = strchr(text, stop);
    if (!at)
        return NULL;
    *at = '\0';
    return at + 1;
}

static int parse_method(struct http_head *head, const char *name, struct http_problem *problem)
{
    if (!field_is_token(name))
        return bad_request(problem, "The request line is not HTTP", "method");
    for (unsigned i = 0; i < HTTP_METHODS; i++) {
        if (strcmp(name, method_names[i]) == 0) {
            head->method = (enum http_method)i;
            return 0;
        }
    }
    return refuse(problem, 400, "method-unknown", "This server does not know the method", "method");
}

static int parse_version(struct http_head *head, const char *version, struct http_problem *problem)
{
    head->http10 = strcmp(version, "HTTP/1.0") == 0;
    if (head->http10 || strcmp(version, "HTTP/1.1") == 0)
        return 0;
    if (strncmp(version, "HTTP/", 5) == 0 && strlen(version) == 8)
        return refuse(problem, 400, "version-unknown", "Only HTTP/1.1 is spoken here", "version");
    return bad_request(problem, "The request line is not HTTP", "version");
}

// The absolute form that proxies use (RFC 9112 section 3.2.2) is cut down to its path; its
// authority has to be the Host, which is compared later.
static char *skip_authority(char *target, const char **authority)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (unsigned i = 0; i < 2; i++) {
        size_t len = strlen(schemes[i]);
        if (strncasecmp(target, schemes[i], len) != 0)
            continue;
        char *path = strchr(target + len, '/');
        if (!path)
            return NULL;
        memmove(target, target + len, (size_t)(path - target) - len); // room for a zero
        target[(size_t)(path - target) - len] = '\0';
        *authority = target;
        return path;
    }
    return target;
}

static int parse_target(struct http_head *head, char *target, const char **authority,
                        struct http_problem *problem)
{
    if (strlen(target) > HEAD_TARGET_MAX)
        return refuse(problem, 414, "target-too-long", "The address is too long", "target");
    for (const char *p = target; *p; p++)
        if (*p <= ' ' || *p >= 0x7f || *p == '#')
            return bad_request(problem, "The address has a character that must be escaped",
                               "target");
    target = skip_authority(target, authority);
    if (!target || *target != '/')
        return bad_request(problem, "The address must start with /", "target");
    head->query = cut(target, '?');
    head->path = target;
    return 0;
}

static int parse_request_line(struct http_head *head, char *line, const char **authority,
                              struct http_problem *problem)
{
    char *target = cut(line, ' ');
    char *version = target ? cut(target, ' ') : NULL;
    if (!version)
        return bad_request(problem, "The request line is not HTTP", "request-line");
    int err = parse_method(head, line, problem);
    if (!err)
        err = parse_version(head, version, problem);
    return err ? err : parse_target(head, target, authority, problem);
}

static int parse_field(struct http_head *head, char *line, struct http_problem *problem)
{
    if (head->count == HEAD_FIELDS_MAX)
        return refuse(problem, 431, "head-too-large", "There are too many header lines", NULL);
    char *value = cut(line, ':');
    if (!value || !field_is_token(line)) // also a folded line, or a space before the colon
        return bad_request(problem, "A header line is malformed", NULL);
    for (char *p = line; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + 'a' - 'A');
    value = field_trim(value);
    if (!field_is_value(value))
        return bad_request(problem, "A header has a control character", NULL);
    head->fields[head->count++] = (struct http_header){.name = line, .value = value};
    return 0;
}

static int check_host(struct http_head *head, const char *authority, struct http_problem *problem)
{
    size_t count = head_count(head, "host");
    head->host = count ? head_field(head, "host") : "";
    if (count > 1 || (count == 0 && !head->http10))
        return bad_request(problem, "There must be one Host header", "host");
    if (strspn(head->host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                           "-._~:[]%") != strlen(head->host) ||
        (count && !*head->host))
        return bad_request(problem, "The Host header is malformed", "host");
    if (authority && strcasecmp(authority, head->host) != 0)
        return bad_request(problem, "Address and Host header differ", "host");
    return 0;
}

#define LENGTH_NAME "content-length"

static int check_length(struct http_head *head, struct http_problem *problem)
{
    static const char name[] = LENGTH_NAME;
    if (head_count(head, "transfer-encoding"))
        return refuse(problem, 411, "length-required", "A body needs Content-Length",
                      "transfer-encoding");
    size_t count = head_count(head, name);
    if (count == 0)
        return 0;
    const char *value = head_field(head, name);
    size_t digits = strspn(value, "0123456789");
    if (count > 1 || digits == 0 || value[digits])
        return bad_request(problem, "Content-Length must be one number", name);
    for (; *value; value++) {
        if (head->content_length > SIZE_MAX / 16)
            return bad_request(problem, "Content-Length is out of range", name);
        head->content_length = head->content_length * 10 + (size_t)(*value - '0');
    }
    if (head->content_length && (head->method == HTTP_GET || head->method == HTTP_HEAD))
        return bad_request(problem, "GET and HEAD have no body", name);
    return 0;
}

int head_check_length(const struct http_head *head, size_t max, struct http_problem *problem)
{
    if (head->content_length > max)
        return refuse(problem, 413, "body-too-large", "The body is too large", LENGTH_NAME);
    return 0;
}

static int check_expect(struct http_head *head, struct http_problem *problem)
{
    const char *expect = head_field(head, "expect");
    if (!expect)
        return 0;
    if (strcasecmp(expect, "100-continue") != 0 || head_count(head, "expect") > 1)
        return refuse(problem, 417, "expectation-failed", "The expectation is unknown", "expect");
    head->wants_continue = head->content_length > 0 && !head->http10;
    return 0;
}

static int check_fields(struct http_head *head, const char *authority, struct http_problem *problem)
{
    int err = check_host(head, authority, problem);
    if (!err)
        err = check_length(head, problem);
    if (!err)
        err = check_expect(head, problem);
    head->close = head->http10 || head_has_token(head, "connection", "close");
    head->websocket = head_has_token(head, "upgrade", "websocket");
    return err;
}

int head_parse(struct http_head *head, char *text, size_t len, struct http_problem *problem)
{
    const char *authority = NULL;
    char *end = text + len - 2; // the empty line
    char *line = text;
    if (len >= 2 && text[0] == '\r' && text[1] == '\n')
        line += 2; // one empty line before a request is allowed (RFC 9112 section 2.2)
    memset(head, 0, sizeof(*head));
    for (int first = 1; line < end; first = 0) {
        char *next = strstr(line, "\r\n");
        if (!next)
            return bad_request(problem, "A line does not end with CR LF", NULL);
        *next = '\0';
        int err = first ? parse_request_line(head, line, &authority, problem)
                        : parse_field(head, line, problem);
        if (err)
            return err;
        line = next + 2;
    }
    if (!head->path)
        return bad_request(problem, "The request line is missing", "request-line");
    return check_fields(head, authority, problem);
}
