#include "pipelines/mkv_scan.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "pipelines/ebml.h"
#include "pipelines/mkv_head.h"

#define HEAD_BYTES    12 // the longest head of an element
#define TIME_BYTES    13 // of a Timestamp element as we write it
#define BLOCK_BEFORE  5  // of a SimpleBlock: id and size
#define VIDEO_LAST_MS 40 // how long a last frame is shown
#define AUDIO_LAST_MS 20
#define MASTER_MAX    65536

struct reader {
    const struct mkv_source *source;
    off_t at, size;
    int64_t cluster_ms;
    struct mkv_index *index;
    const struct mkv_scan_handlers *handlers;
    void *arg;
};

struct element {
    uint32_t id;
    uint64_t len;
    off_t at; // of the content
};

// The element at r->at; false where the file ends inside it. Only masters may be without a size.
static bool element_read(const struct reader *r, struct element *element)
{
    uint8_t head[HEAD_BYTES];
    ssize_t got = r->source->read(r->source->arg, head, sizeof(head), r->at);

    if (got <= 0)
        return false;
    size_t len = ebml_head(head, (size_t)got, &element->id, &element->len);
    element->at = r->at + (off_t)len;
    if (len == 0)
        return false;
    if (element->id == EBML_SEGMENT || element->id == EBML_CLUSTER)
        return true;
    return element->len <= EBML_SIZE_MAX && element->at + (off_t)element->len <= r->size;
}

static bool bytes_read(const struct reader *r, void *to, size_t len, off_t at)
{
    return r->source->read(r->source->arg, to, len, at) == (ssize_t)len;
}

static bool number_read(const struct reader *r, const struct element *element, int64_t *value)
{
    uint8_t bytes[8];

    if (element->len != sizeof(bytes) || !bytes_read(r, bytes, sizeof(bytes), element->at))
        return false;
    *value = (int64_t)(get_u64(bytes) & INT64_MAX);
    return true;
}

// Calls `each` for the children of a master that fits into memory.
static int children_each(struct reader *r, const struct element *parent,
                         void (*each)(struct reader *r, const struct element *child))
{
    struct reader inside = *r;
    struct element child;

    if (parent->len > MASTER_MAX)
        return EBADMSG;
    inside.size = parent->at + (off_t)parent->len;
    for (inside.at = parent->at; inside.at < inside.size; inside.at = child.at + (off_t)child.len) {
        if (!element_read(&inside, &child) || child.len > MASTER_MAX)
            return EBADMSG;
        each(&inside, &child);
    }
    return 0;
}

static void doc_child(struct reader *r, const struct element *child)
{
    char type[4];

    if (child->id == EBML_DOC_TYPE && child->len == sizeof(type) &&
        bytes_read(r, type, sizeof(type), child->at))
        r->index->webm = memcmp(type, "webm", sizeof(type)) == 0;
}

static void track_child(struct reader *r, const struct element *child)
{
    struct element number;
    struct reader inside = *r;
    int64_t value = 0;

    inside.at = child->at; // the number is what we write first
    if (child->id != EBML_TRACK || !element_read(&inside, &number) ||
        number.id != EBML_TRACK_NUMBER || !number_read(&inside, &number, &value))
        return;
    if (value < 1 || value > MKV_TRACKS_MAX)
        return;
    r->index->tracks[value - 1].at = r->at;
    r->index->tracks[value - 1].len = (size_t)(child->at - r->at) + child->len;
}

static void info_child(struct reader *r, const struct element *child)
{
    int64_t date_ns = 0;

    if (child->id == EBML_DATE && number_read(r, child, &date_ns))
        r->index->began_ms = mkv_wall_of(date_ns);
}

static int block_read(struct reader *r, const struct element *element)
{
    uint8_t head[EBML_BLOCK_HEAD];
    struct mkv_block block = {.at = element->at, .len = element->len};

    if (element->len <= sizeof(head) || !bytes_read(r, head, sizeof(head), element->at))
        return 0;
    block.track = head[0] & 0x7Fu;
    block.time_ms = r->cluster_ms + (int16_t)get_u16(head + 1);
    block.key = (head[3] & EBML_BLOCK_KEY) != 0;
    if (block.track < 1 || block.track > MKV_TRACKS_MAX || r->cluster_ms < 0 || block.time_ms < 0)
        return 0;
    return r->handlers->block(r->arg, &block);
}

static int element_serve(struct reader *r, const struct element *element)
{
    switch (element->id) {
    case EBML_HEAD:
        return children_each(r, element, doc_child);
    case EBML_INFO:
        return children_each(r, element, info_child);
    case EBML_TRACKS:
        return children_each(r, element, track_child);
    case EBML_TIME:
        if (!number_read(r, element, &r->cluster_ms))
            return EBADMSG;
        return r->handlers->cluster(r->arg, r->cluster_ms);
    case EBML_BLOCK:
        return block_read(r, element);
    default:
        return 0;
    }
}

static ssize_t file_read(void *arg, void *to, size_t len, off_t at)
{
    const int *fd = arg;
    return pread(*fd, to, len, at);
}

int mkv_source_file(struct mkv_source *source, const int *fd)
{
    struct stat st;

    if (fstat(*fd, &st) < 0)
        return errno;
    *source = (struct mkv_source){file_read, (void *)(uintptr_t)fd, st.st_size};
    return 0;
}

int mkv_scan(const struct mkv_source *source, struct mkv_index *index,
             const struct mkv_scan_handlers *handlers, void *arg)
{
    struct reader r = {.source = source,
                       .size = source->size,
                       .cluster_ms = -1,
                       .index = index,
                       .handlers = handlers,
                       .arg = arg};
    struct element element;

    if (!element_read(&r, &element) || element.id != EBML_HEAD)
        return EBADMSG;
    while (element_read(&r, &element)) {
        if (element.id == EBML_CLUSTER && !index->first)
            index->first = r.at;
        int err = element_serve(&r, &element);
        if (err)
            return err;
        bool open = element.id == EBML_SEGMENT || element.id == EBML_CLUSTER;
        r.at = element.at + (open ? 0 : (off_t)element.len);
    }
    return 0;
}

static int index_cluster(void *arg, int64_t time_ms)
{
    struct mkv_index *index = arg;
    size_t count = index->cluster_count;

    if ((count & (count - 1)) == 0) { // full at each power of two
        size_t room = count ? count * 2 : 1;
        void *bigger = mem_resize(index->clusters, room * sizeof(*index->clusters));
        if (!bigger)
            return ENOMEM;
        index->clusters = bigger;
    }
    index->clusters[index->cluster_count++] = (struct mkv_cluster){
        .time_ms = time_ms, .len = TIME_BYTES, .key_ms = -1};
    return 0;
}

static int index_block(void *arg, const struct mkv_block *block)
{
    struct mkv_index *index = arg;
    struct mkv_cluster *cluster = &index->clusters[index->cluster_count - 1];
    bool video = block->track == 1;
    int64_t end_ms = block->time_ms + (video ? VIDEO_LAST_MS : AUDIO_LAST_MS);

    index->tracks[block->track - 1].blocks++;
    cluster->blocks++;
    cluster->len += BLOCK_BEFORE + block->len;
    if (cluster->key_ms < 0 && block->key && (video || !index->tracks[0].blocks))
        cluster->key_ms = block->time_ms;
    if (end_ms > index->duration_ms)
        index->duration_ms = end_ms;
    return 0;
}

int mkv_index_read(struct mkv_index *index, const struct mkv_source *source)
{
    static const struct mkv_scan_handlers handlers = {index_cluster, index_block};

    *index = (struct mkv_index){0};
    int err = mkv_scan(source, index, &handlers, index);
    if (err)
        mkv_index_release(index);
    return err;
}

void mkv_index_release(struct mkv_index *index)
{
    mem_free(index->clusters);
    index->clusters = NULL;
    index->cluster_count = 0;
}
