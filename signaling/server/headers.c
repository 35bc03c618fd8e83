#include "signaling/server/headers.h"

static const struct {
    int status;
    const char *text;
} statuses[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

const char *status_text(int status)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
        if (statuses[i].status == status)
            return statuses[i].text;
    return "Status";
}

#define POLICY(sockets)                                                                            \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' " sockets         \
    "; media-src 'self' blob:; img-src 'self' data: blob:; font-src 'self'; "                      \
    "manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "            \
    "form-action 'self'"

#define COMMON                                                                                     \
    {"cache-control", "no-store"}, {"x-content-type-options", "nosniff"},                          \
        {"referrer-policy", "no-referrer"}, {"cross-origin-opener-policy", "same-origin"},         \
        {"cross-origin-resource-policy", "same-origin"},                                           \
    {                                                                                              \
        "permissions-policy",                                                                      \
            "camera=(self), microphone=(self), display-capture=(self), geolocation=()"             \
    }

static const struct http_header with_tls[] = {
    COMMON,
    {"content-security-policy", POLICY("wss:")},
    {"strict-transport-security", "max-age=31536000"},
};

// Without TLS (loopback) pages need ws:, which not every browser counts as 'self'.
static const struct http_header without_tls[] = {
    COMMON,
    {"content-security-policy", POLICY("ws: wss:")},
};

const struct http_header *security_headers(bool tls, size_t *count)
{
    *count = tls ? sizeof(with_tls) / sizeof(*with_tls)
                 : sizeof(without_tls) / sizeof(*without_tls);
    return tls ? with_tls : without_tls;
}
