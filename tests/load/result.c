#include "tests/load/result.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#define BOTTLENECK 0.85 // of a core: beyond it the load program measures itself

static double cores(int64_t used_us, const struct result *result)
{
    return (double)used_us / (double)(result->after.at_us - result->before.at_us);
}

static double per(int64_t amount, uint64_t count)
{
    return count ? (double)amount / (double)count : 0;
}

static json_t *delays(const struct histogram *delay)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "p50", (json_int_t)histogram_quantile(delay, 0.5),
                     "p99", (json_int_t)histogram_quantile(delay, 0.99), "max",
                     (json_int_t)histogram_quantile(delay, 1), "packets",
                     (json_int_t)counter_get(&delay->count));
}

static json_t *joins_of(const struct joins_stats *joins)
{
    json_t *json = delays(&joins->wait);
    json_object_set_new(json, "begun", json_integer(joins->begun));
    json_object_set_new(json, "watched", json_integer(joins->watched));
    json_object_set_new(json, "failed", json_integer(joins->failed));
    return json;
}

static json_t *usages(const struct result *r, const struct usage_scope *scope)
{
    int64_t server_us = r->after.server_us - r->before.server_us;
    int64_t load_us = r->after.load_us - r->before.load_us;
    int64_t server_core_us = r->after.server_core_us - r->before.server_core_us;
    int64_t load_core_us = r->after.load_core_us - r->before.load_core_us;
    json_t *json = json_pack("{s:f, s:f, s:b, s:f}", "server_cores", cores(server_us, r),
                             "load_cores", cores(load_us, r), "load_was_bottleneck",
                             cores(load_us, r) > BOTTLENECK, "server_us_per_packet",
                             per(server_us, r->received));
    if (scope->server_core >= 0)
        json_object_set_new(json, "others_on_server_core",
                            json_real(cores(server_core_us - server_us, r)));
    if (scope->load_core >= 0)
        json_object_set_new(json, "others_on_load_core",
                            json_real(cores(load_core_us - load_us, r)));
    return json;
}

static int print(json_t *json)
{
    if (!json)
        return ENOMEM;
    int err = json_dumpf(json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(4)) ||
              putchar('\n') == EOF || fflush(stdout);
    json_decref(json);
    return err ? EPIPE : 0;
}

int result_print(const struct result *r, const struct usage_scope *scope)
{
    int64_t memory_kib = r->after.server_memory_kib - r->alone.server_memory_kib;
    json_t *json = json_pack("{s:s, s:i, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:f}", "mode", r->mode,
                             "viewers", (int)r->viewers, "seconds",
                             (double)(r->after.at_us - r->before.at_us) / 1e6, "setup_seconds",
                             (double)r->setup_us / 1e6, "sent", (json_int_t)r->sent, "received",
                             (json_int_t)r->received, "lost", (json_int_t)r->lost, "duplicates",
                             (json_int_t)r->duplicates, "starved_viewers", (json_int_t)r->starved,
                             "memory_kib_per_viewer", per(memory_kib, r->viewers));
    json_object_update_new(json, usages(r, scope));
    json_object_set_new(json, "rooms", json_integer(r->rooms));
    json_object_set_new(json, "kbit", json_integer(r->kbit));
    json_object_set_new(
        json, "memory_kib_per_room",
        json_real(per(r->after.server_memory_kib - r->empty.server_memory_kib, r->rooms)));
    if (r->joins)
        json_object_set_new(json, "joins", joins_of(r->joins));
    if (r->delay)
        json_object_set_new(json, "delay_us", delays(r->delay));
    if (r->received_bytes && !r->lost) // 16: AES-GCM; 10: AES-CM
        json_object_set_new(json, "overhead_bytes",
                            json_real(per((int64_t)r->received_bytes, r->received) -
                                      per((int64_t)r->sent_bytes, r->sent)));
    return print(json);
}
