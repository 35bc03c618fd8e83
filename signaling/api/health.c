#include "gateway/base/mem.h"
#include "signaling/api/inside.h"

// For machines that watch machines.

#define METRICS_MAX (512 * 1024)

void healthz(struct call *call)
{
    http_reply(call->req, 200, "text/plain; charset=utf-8", "ok\n", 3);
}

void readyz(struct call *call)
{
    if (call->api->config.people->ready(call->api->config.ops_arg)) {
        http_reply(call->req, 200, "text/plain; charset=utf-8", "ready\n", 6);
        return;
    }
    http_add_header(call->req, "retry-after", "2");
    call_refuse(call, 503, "not-ready", "the gateway is draining or starting", NULL);
}

void metrics(struct call *call)
{
    char *text = mem_zalloc(METRICS_MAX);
    size_t len = text ? call->api->config.people->metrics(call->api->config.ops_arg, text,
                                                          METRICS_MAX)
                      : 0;
    if (len)
        http_reply(call->req, 200, "text/plain; version=0.0.4; charset=utf-8", text, len);
    else
        call_try_later(call);
    mem_free(text);
}
