#include "gateway/base/writer.h"
#include "gateway/rooms/control.h"

// Prometheus text of what the shards count. Reads nothing of theirs but counters.

static void head(struct writer *w, const char *name, const char *type, const char *help)
{
    writer_printf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_traffic(struct writer *w, const struct rooms *rooms, bool bytes)
{
    const char *name = bytes ? "banyan_bytes_total" : "banyan_packets_total";
    head(w, name, "counter", bytes ? "Bytes of media datagrams." : "Media datagrams.");
    for (unsigned i = 0; i < rooms->shard_count; i++) {
        const struct shard_stats *in = &rooms->shards[i]->stats;
        const struct egress_stats *out = egress_stats(rooms->shards[i]->egress);
        uint64_t came = counter_get(bytes ? &in->bytes_in : &in->packets_in);
        uint64_t went = counter_get(bytes ? &out->bytes : &out->packets);
        writer_printf(w, "%s{shard=\"%u\",direction=\"in\"} %llu\n", name, i,
                      (unsigned long long)came);
        writer_printf(w, "%s{shard=\"%u\",direction=\"out\"} %llu\n", name, i,
                      (unsigned long long)went);
    }
}

// The counter at `offset` in the statistics of all shards, summed.
static uint64_t sum(const struct rooms *rooms, size_t offset)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < rooms->shard_count; i++)
        all += counter_get((const counter *)((const char *)&rooms->shards[i]->stats + offset));
    return all;
}

static void write_drops(struct writer *w, const struct rooms *rooms)
{
    head(w, "banyan_drops_total", "counter", "Packets that did not go on, by reason.");
    for (unsigned reason = 0; reason < DROP_COUNT; reason++)
        writer_printf(w, "banyan_drops_total{reason=\"%s\"} %llu\n", drop_name(reason),
                      (unsigned long long)sum(rooms, offsetof(struct shard_stats, drops) +
                                                         offsetof(struct drops, count) +
                                                         reason * sizeof(counter)));
}

static void write_histogram(struct writer *w, const char *name, const struct histogram *all)
{
    uint64_t below = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        below += counter_get(&all->bucket[i]);
        if (i % 8 == 7 && i < HISTOGRAM_BUCKETS - 8) // one an octave is enough to draw
            writer_printf(w, "%s_bucket{le=\"%lld\"} %llu\n", name, (long long)histogram_edge(i),
                          (unsigned long long)below);
    }
    writer_printf(w, "%s_bucket{le=\"+Inf\"} %llu\n", name, (unsigned long long)below);
    writer_printf(w, "%s_sum %llu\n%s_count %llu\n", name,
                  (unsigned long long)counter_get(&all->sum_us), name, (unsigned long long)below);
}

static void write_delay(struct writer *w, const struct rooms *rooms)
{
    static const double quantiles[] = {0.5, 0.9, 0.99, 0.999};
    struct histogram all = {0};
    for (unsigned i = 0; i < rooms->shard_count; i++)
        histogram_merge(&all, &egress_stats(rooms->shards[i]->egress)->delay);
    head(w, "banyan_forward_delay_us", "histogram",
         "Microseconds from a packet's arrival to its hand-over to the kernel.");
    write_histogram(w, "banyan_forward_delay_us", &all);
    head(w, "banyan_forward_delay_quantile_us", "gauge", "The same, under which a fraction lies.");
    for (unsigned i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
        writer_printf(w, "banyan_forward_delay_quantile_us{quantile=\"%g\"} %lld\n", quantiles[i],
                      (long long)histogram_quantile(&all, quantiles[i]));
}

static void write_sessions(struct writer *w, const struct rooms *rooms)
{
    head(w, "banyan_sessions", "gauge", "WHIP and WHEP sessions now.");
    writer_printf(w, "banyan_sessions{role=\"publisher\"} %llu\n",
                  (unsigned long long)sum(rooms, offsetof(struct shard_stats, publishers)));
    writer_printf(w, "banyan_sessions{role=\"viewer\"} %llu\n",
                  (unsigned long long)sum(rooms, offsetof(struct shard_stats, viewers)));
    head(w, "banyan_publications", "gauge", "Publications now.");
    writer_printf(w, "banyan_publications %zu\n", roster_publications(rooms->roster));
    head(w, "banyan_sessions_ended_total", "counter", "Sessions ended, by reason.");
    for (unsigned end = PEER_END_LOCAL; end < PEER_END_COUNT; end++)
        writer_printf(w, "banyan_sessions_ended_total{reason=\"%s\"} %llu\n", peer_end_name(end),
                      (unsigned long long)sum(rooms, offsetof(struct shard_stats, ended) +
                                                         end * sizeof(counter)));
}

static void write_tcp(struct writer *w, const struct rooms *rooms)
{
    head(w, "banyan_tcp_connections", "gauge", "ICE-TCP connections now.");
    writer_printf(w, "banyan_tcp_connections %llu\n",
                  (unsigned long long)sum(rooms, offsetof(struct shard_stats, tcp_connections)));
    head(w, "banyan_tcp_refused_total", "counter", "ICE-TCP connections refused.");
    writer_printf(w, "banyan_tcp_refused_total %llu\n",
                  (unsigned long long)sum(rooms, offsetof(struct shard_stats, tcp_refused)));
}

// Seconds of viewers by what one counter a bucket says; `edges` are one fewer.
static void write_buckets(struct writer *w, const struct rooms *rooms, const char *name,
                          size_t first, const double *edges, unsigned buckets)
{
    uint64_t below = 0;
    for (unsigned i = 0; i < buckets; i++) {
        below += sum(rooms, first + i * sizeof(counter));
        if (i + 1 < buckets)
            writer_printf(w, "%s_bucket{le=\"%.10g\"} %llu\n", name, edges[i],
                          (unsigned long long)below);
    }
    writer_printf(w, "%s_bucket{le=\"+Inf\"} %llu\n", name, (unsigned long long)below);
    writer_printf(w, "%s_count %llu\n", name, (unsigned long long)below);
}

// What viewers say in transport-wide feedback.
static void write_viewers(struct writer *w, const struct rooms *rooms)
{
    struct histogram rtt = {0};
    head(w, "banyan_viewer_packets", "gauge",
         "Packets to viewers, by what they said became of them.");
    writer_printf(w, "banyan_viewer_packets{fate=\"arrived\"} %llu\n",
                  (unsigned long long)sum(rooms, offsetof(struct shard_stats, viewer_arrived)));
    writer_printf(w, "banyan_viewer_packets{fate=\"lost\"} %llu\n",
                  (unsigned long long)sum(rooms, offsetof(struct shard_stats, viewer_lost)));
    head(w, "banyan_viewer_loss_ratio", "histogram",
         "Share of a viewer's packets lost on the way, for each second of each viewer.");
    write_buckets(w, rooms, "banyan_viewer_loss_ratio", offsetof(struct shard_stats, viewer_loss),
                  viewer_loss_edges, VIEWER_LOSS_BUCKETS);
    for (unsigned i = 0; i < rooms->shard_count; i++)
        histogram_merge(&rtt, &rooms->shards[i]->stats.viewer_rtt);
    head(w, "banyan_viewer_rtt_us", "histogram",
         "Microseconds from sending to a viewer to his feedback, for each second of each viewer.");
    write_histogram(w, "banyan_viewer_rtt_us", &rtt);
    head(w, "banyan_viewer_estimate_bps", "histogram",
         "Bits a second the path to a viewer is taken to carry, for each second of each viewer.");
    write_buckets(w, rooms, "banyan_viewer_estimate_bps",
                  offsetof(struct shard_stats, viewer_estimate), viewer_estimate_edges,
                  VIEWER_ESTIMATE_BUCKETS);
}

size_t rooms_metrics(struct rooms *rooms, char *text, size_t size)
{
    struct writer w = writer_of(text, size);
    write_traffic(&w, rooms, false);
    write_traffic(&w, rooms, true);
    write_drops(&w, rooms);
    write_delay(&w, rooms);
    write_sessions(&w, rooms);
    write_tcp(&w, rooms);
    write_viewers(&w, rooms);
    return writer_string(&w) ? w.len : 0;
}
