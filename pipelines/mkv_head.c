#include "pipelines/mkv_head.h"

#include <errno.h>

#include "gateway/base/mem.h"
#include "pipelines/ebml.h"

#define HEAD_MAX    512                   // document, segment and info
#define CUE_BYTES   49                    // as put_cue() writes it
#define MASTER_HEAD 8                     // id of four bytes and a size of four
#define DATE_ZERO   INT64_C(978307200000) // 2001, in milliseconds since 1970
#define NS_PER_MS   1000000
#define APP         "Banyan"

void mkv_put_info(struct writer *w, int64_t began_ms, int64_t duration_ms)
{
    size_t info = ebml_begin(w, EBML_INFO);

    ebml_uint(w, EBML_SCALE, NS_PER_MS); // times are milliseconds
    if (began_ms > DATE_ZERO)
        ebml_uint(w, EBML_DATE, (uint64_t)(began_ms - DATE_ZERO) * NS_PER_MS);
    if (duration_ms)
        ebml_float(w, EBML_DURATION, (double)duration_ms);
    ebml_text(w, EBML_MUXER, APP);
    ebml_text(w, EBML_WRITER, APP);
    ebml_end(w, info);
}

int64_t mkv_wall_of(int64_t date_ns)
{
    return DATE_ZERO + date_ns / NS_PER_MS;
}

// A track that never had a frame would keep players waiting: it is left out.
static size_t tracks_len(const struct mkv_index *index)
{
    size_t len = 0;

    for (size_t i = 0; i < MKV_TRACKS_MAX; i++)
        len += index->tracks[i].blocks ? index->tracks[i].len : 0;
    return len;
}

bool mkv_has_frames(const struct mkv_index *index)
{
    return tracks_len(index) > 0;
}

static bool has_cue(const struct mkv_cluster *cluster)
{
    return cluster->blocks && cluster->key_ms >= 0;
}

static size_t cues_len(const struct mkv_index *index)
{
    size_t len = 0;

    for (size_t i = 0; i < index->cluster_count; i++)
        len += has_cue(&index->clusters[i]) ? CUE_BYTES : 0;
    return len;
}

static uint64_t cluster_len(const struct mkv_cluster *cluster)
{
    return cluster->blocks ? MKV_CLUSTER_HEAD + cluster->len : 0;
}

uint64_t mkv_clusters_len(const struct mkv_index *index)
{
    uint64_t len = 0;

    for (size_t i = 0; i < index->cluster_count; i++)
        len += cluster_len(&index->clusters[i]);
    return len;
}

static void put_cue(struct writer *w, const struct mkv_index *index,
                    const struct mkv_cluster *cluster, uint64_t position)
{
    size_t cue = ebml_begin(w, EBML_CUE);
    ebml_uint(w, EBML_CUE_TIME, (uint64_t)cluster->key_ms);
    size_t place = ebml_begin(w, EBML_CUE_PLACE);
    ebml_uint(w, EBML_CUE_TRACK, index->tracks[0].blocks ? 1 : 2);
    ebml_uint(w, EBML_CUE_CLUSTER, position);
    ebml_end(w, place);
    ebml_end(w, cue);
}

// They stand in front of the clusters. `first` is the position of the first cluster, counted from
// the start of the segment's content.
static void put_cues(struct writer *w, const struct mkv_index *index, uint64_t first)
{
    ebml_id(w, EBML_CUES);
    ebml_size(w, cues_len(index));
    for (size_t i = 0; i < index->cluster_count; i++) {
        if (has_cue(&index->clusters[i]))
            put_cue(w, index, &index->clusters[i], first);
        first += cluster_len(&index->clusters[i]);
    }
}

static int put_tracks(struct writer *w, const struct mkv_index *index,
                      const struct mkv_source *source)
{
    ebml_id(w, EBML_TRACKS);
    ebml_size(w, tracks_len(index));
    for (size_t i = 0; i < MKV_TRACKS_MAX; i++) {
        size_t len = index->tracks[i].blocks ? index->tracks[i].len : 0;
        if (len > w->cap - w->len ||
            source->read(source->arg, w->data + w->len, len, index->tracks[i].at) != (ssize_t)len)
            return EIO;
        w->len += len;
    }
    return 0;
}

static int put_all(struct writer *w, const struct mkv_index *index, const struct mkv_source *source)
{
    uint8_t info[HEAD_MAX];
    struct writer i = writer_of(info, sizeof(info));

    mkv_put_info(&i, index->began_ms, index->duration_ms);
    uint64_t first = i.len + MASTER_HEAD + tracks_len(index) + MASTER_HEAD + cues_len(index);
    ebml_doc(w, index->webm ? "webm" : "matroska");
    ebml_id(w, EBML_SEGMENT);
    ebml_size_long(w, first + mkv_clusters_len(index));
    writer_bytes(w, info, i.len);
    int err = put_tracks(w, index, source);
    if (!err)
        put_cues(w, index, first);
    return err || !w->full ? err : EIO;
}

int mkv_head(const struct mkv_index *index, const struct mkv_source *source, uint8_t **headp,
             size_t *lenp)
{
    size_t size = HEAD_MAX + 2 * MASTER_HEAD + tracks_len(index) + cues_len(index);
    uint8_t *head = mem_zalloc(size);
    struct writer w = writer_of(head, size);

    if (!head)
        return ENOMEM;
    int err = put_all(&w, index, source);
    if (err) {
        mem_free(head);
        return err;
    }
    *headp = head;
    *lenp = w.len;
    return 0;
}
