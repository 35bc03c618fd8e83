#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/writer.h"
#include "signaling/control_inside.h"
#include "signaling/link.h"

// Prometheus text: the people's part here, the media core's behind it.

static void gauge(struct writer *w, const char *name, const char *help, long long value)
{
    writer_printf(w, "# HELP banyan_%s %s\n# TYPE banyan_%s gauge\nbanyan_%s %lld\n", name, help,
                  name, name, value);
}

static void total(struct writer *w, const char *name, const char *help, unsigned long long value)
{
    writer_printf(w,
                  "# HELP banyan_%s_total %s\n# TYPE banyan_%s_total counter\n"
                  "banyan_%s_total %llu\n",
                  name, help, name, name, value);
}

static void count_state(const struct consultation *row, void *arg)
{
    unsigned *counts = arg;
    counts[row->state]++;
}

size_t control_metrics(void *ops_arg, char *text, size_t size)
{
    struct control *control = ops_arg;
    struct writer w = writer_of(text, size);
    struct server_counts server = server_counts(control->server);
    unsigned states[CONSULT_STATES] = {0};
    consult_each(control->consult, count_state, states);
    gauge(&w, "uptime_seconds", "since the gateway started",
          (clock_us() - control->started_us) / 1000000);
    gauge(&w, "memory_blocks", "allocated by the gateway itself and not yet freed", mem_live());
    gauge(&w, "http_connections", "open now", server.connections);
    gauge(&w, "websockets", "open now", server.websockets);
    total(&w, "http_requests", "served since the start", server.requests);
    total(&w, "http_refused", "bad framing, limits, time-outs", server.refused);
    gauge(&w, "live_listeners", "signed-in live connections", api_listeners(control->api));
    gauge(&w, "event_streams", "of watching sessions", api_event_streams(control->api));
    gauge(&w, "consultations_waiting", "booths that wait",
          states[CONSULT_WAITING] + states[CONSULT_OFFERED]);
    gauge(&w, "consultations_connected", "face to face now",
          states[CONSULT_CONNECTED] + states[CONSULT_SUSPENDED]);
    gauge(&w, "pipelines", "running", (long long)supervisor_count(control->supervisor));
    gauge(&w, "recordings", "publications recorded now",
          (long long)recordings_count(control->recordings));
    gauge(&w, "links", "pulls and pushes, and requests to the other servers",
          (long long)links_busy(control->links));
    gauge(&w, "links_up", "pulls and pushes that are connected now",
          (long long)links_up(control->links));
    size_t media = rooms_metrics(control->rooms, text + w.len, size - w.len);
    return w.full || !media ? 0 : w.len + media;
}
