#include "signaling/link_http.h"

#include <curl/curl.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"

#define REDIRECTS_MAX 3
#define CONNECT_MS    5000L
#define REQUEST_MS    15000L // less than the 30 s an offer of ours waits for its answer
#define DELETE_MS     5000L
#define RETRY_MAX_S   3600

struct exchange {
    struct link_http *http;
    char *body;
    size_t len;
    bool too_long;
};

int link_http_start(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : EPROTO;
}

void link_http_stop(void)
{
    curl_global_cleanup();
}

// --- addresses ----------------------------------------------------------------------------------

static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

static bool is_http(CURLU *url)
{
    char *scheme = NULL;
    bool good = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0);
    curl_free(scheme);
    return good;
}

bool link_http_is_url(const char *text)
{
    CURLU *url = strlen(text) < LINK_URL_MAX ? curl_url() : NULL;
    bool good = url && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK && is_http(url) &&
                has_part(url, CURLUPART_HOST) && !has_part(url, CURLUPART_USER) &&
                !has_part(url, CURLUPART_PASSWORD) && !has_part(url, CURLUPART_FRAGMENT);
    curl_url_cleanup(url);
    return good;
}

// `relative` as seen from `base`. False when it is no http(s) address.
static bool resolve(const char *base, const char *relative, char *to)
{
    char *text = NULL;
    CURLU *url = curl_url();
    bool good = url && curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
                curl_url_set(url, CURLUPART_URL, relative, 0) == CURLUE_OK && is_http(url) &&
                curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK &&
                text_copy(to, LINK_URL_MAX, text);
    curl_free(text);
    curl_url_cleanup(url);
    return good;
}

static bool is_https(const char *url)
{
    return strncasecmp(url, "https:", 6) == 0;
}

// --- one request --------------------------------------------------------------------------------

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    struct exchange *exchange = arg;
    size_t len = size * count;
    if (exchange->len + len >= LINK_ANSWER_MAX) {
        exchange->too_long = true;
        return 0;
    }
    char *more = mem_resize(exchange->body, exchange->len + len + 1);
    if (!more)
        return 0;
    exchange->body = more;
    memcpy(more + exchange->len, data, len);
    exchange->len += len;
    more[exchange->len] = 0;
    return len;
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct link_http *http = arg;
    (void)a, (void)b, (void)c, (void)d;
    return http->stop && atomic_load(http->stop);
}

static struct curl_slist *headers_of(const struct link_http *http)
{
    static const char *const always[] = {"Content-Type: application/sdp", "Accept: application/sdp",
                                         "Expect:"};
    struct curl_slist *list = NULL;
    for (size_t i = http->offer ? 0 : 1; i < sizeof(always) / sizeof(always[0]); i++)
        list = curl_slist_append(list, always[i]);
    char *bearer = http->token[0] ? mem_printf("Authorization: Bearer %s", http->token) : NULL;
    if (bearer)
        list = curl_slist_append(list, bearer);
    mem_free(bearer);
    return list;
}

static void set_options(CURL *curl, struct exchange *exchange, const char *url)
{
    struct link_http *http = exchange->http;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Banyan/" BANYAN_VERSION);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, http->offer ? REQUEST_MS : DELETE_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, http);
    if (http->insecure) {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (http->offer) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(http->offer));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, http->offer);
    } else {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "DELETE");
    }
}

static void take_headers(CURL *curl, struct link_http *http, char *next)
{
    struct curl_header *header = NULL;
    const char *url = NULL;
    curl_off_t seconds = 0;
    curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &url);
    if (curl_easy_header(curl, "Location", 0, CURLH_HEADER, -1, &header) == CURLHE_OK)
        (void)resolve(url, header->value, next);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
    http->retry_after = (unsigned)(seconds > RETRY_MAX_S ? RETRY_MAX_S : seconds);
}

static bool is_sdp(CURL *curl)
{
    const char *type = NULL;
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    size_t len = strlen("application/sdp");
    return type && strncasecmp(type, "application/sdp", len) == 0 && strchr("; ", type[len]);
}

static void give_reason(struct link_http *http, const struct exchange *exchange, CURLcode code)
{
    const char *why = exchange->too_long ? "the answer is too long" : curl_easy_strerror(code);
    text_copy(http->error, sizeof(http->error), why);
}

// The Location of a redirect, or of the session, into `next`.
static void ask(struct link_http *http, const char *url, char *next)
{
    struct exchange exchange = {.http = http};
    long status = 0;
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = headers_of(http);
    next[0] = 0;
    http->status = 0;
    if (!curl || !headers) {
        text_copy(http->error, sizeof(http->error), "memory is short");
        goto out;
    }
    set_options(curl, &exchange, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        give_reason(http, &exchange, code);
        goto out;
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    http->status = (int)status;
    take_headers(curl, http, next);
    if (status == 201 && is_sdp(curl)) {
        http->answer = exchange.body;
        http->answer_len = exchange.len;
        exchange.body = NULL;
    }
out:
    mem_free(exchange.body);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
}

// --- WHIP and WHEP ------------------------------------------------------------------------------

static void judge(struct link_http *http)
{
    if (http->error[0] || (http->status == 201 && http->answer && http->location[0]))
        return;
    if (http->status != 201)
        snprintf(http->error, sizeof(http->error), "the other server answers %d", http->status);
    else
        text_copy(http->error, sizeof(http->error),
                  http->answer ? "the answer has no Location"
                               : "the answer is not application/sdp");
}

void link_http_offer(struct link_http *http)
{
    char url[LINK_URL_MAX], next[LINK_URL_MAX];
    text_copy(url, sizeof(url), http->url);
    for (unsigned i = 0; i <= REDIRECTS_MAX; i++) {
        ask(http, url, next);
        bool moved = http->status == 307 || http->status == 308;
        if (!moved || !next[0])
            break;
        if (is_https(url) && !is_https(next)) {
            text_copy(http->error, sizeof(http->error), "redirected from https to http");
            return;
        }
        text_copy(url, sizeof(url), next);
    }
    if (http->status == 201 || http->status == 406) // the latter with a counter-offer
        text_copy(http->location, sizeof(http->location), next);
    judge(http);
}

void link_http_delete(struct link_http *http)
{
    char next[LINK_URL_MAX];
    ask(http, http->url, next);
}

void link_http_free(struct link_http *http)
{
    if (!http)
        return;
    mem_free(http->offer);
    mem_free(http->answer);
    OPENSSL_cleanse(http->token, sizeof(http->token));
    mem_free(http);
}
