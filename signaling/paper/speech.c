#include "signaling/paper/speech.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define MS_NS   1000000 // what MediaRecorder counts in
#define UNKNOWN UINT64_MAX

enum {
    ID_ROOT = 0,
    ID_EBML = 0x1a45dfa3,
    ID_DOC_TYPE = 0x4282,
    ID_SEGMENT = 0x18538067,
    ID_INFO = 0x1549a966,
    ID_SCALE = 0x2ad7b1,
    ID_TRACKS = 0x1654ae6b,
    ID_TRACK = 0xae,
    ID_TRACK_NUMBER = 0xd7,
    ID_TRACK_TYPE = 0x83,
    ID_CODEC = 0x86,
    ID_CLUSTER = 0x1f43b675,
    ID_CLUSTER_TIME = 0xe7,
    ID_SIMPLE_BLOCK = 0xa3,
    ID_BLOCK_GROUP = 0xa0,
    ID_BLOCK = 0xa1,
    ID_SEEK_HEAD = 0x114d9b74,
    ID_CUES = 0x1c53bb6b,
    ID_TAGS = 0x1254c367,
    ID_POSITION = 0xa7,
    ID_PREVIOUS = 0xab,
    ID_VOID = 0xec,
};

struct element {
    uint32_t id;
    uint64_t size; // UNKNOWN: until something that cannot be in it
    const uint8_t *data;
};

struct speech {
    bool has_head, is_webm, in_ms;
    unsigned segments, tracks, blocks;
    bool is_sound, is_opus;
    uint8_t track; // its number
    uint64_t cluster_ms;
    int64_t first_ms, last_ms;
};

typedef const char *element_h(struct speech *speech, const struct element *element);

static uint64_t number(const struct element *element)
{
    uint64_t value = 0;
    for (size_t i = 0; i < element->size; i++)
        value = value << 8 | element->data[i];
    return value;
}

static bool is_number(const struct element *element, uint64_t value)
{
    return element->size <= 8 && number(element) == value;
}

static bool is_text(const struct element *element, const char *text)
{
    return element->size == strlen(text) && memcmp(element->data, text, element->size) == 0;
}

static const char *doc_type(struct speech *speech, const struct element *element)
{
    speech->is_webm = is_text(element, "webm");
    return NULL;
}

static const char *scale(struct speech *speech, const struct element *element)
{
    speech->in_ms = is_number(element, MS_NS);
    return NULL;
}

static const char *track_number(struct speech *speech, const struct element *element)
{
    speech->track = element->size == 1 && *element->data < 0x80 ? *element->data : 0;
    return speech->track ? NULL : "its track has no small number";
}

static const char *track_type(struct speech *speech, const struct element *element)
{
    speech->is_sound = is_number(element, 2);
    return NULL;
}

static const char *codec(struct speech *speech, const struct element *element)
{
    speech->is_opus = is_text(element, "A_OPUS");
    return NULL;
}

static const char *cluster_time(struct speech *speech, const struct element *element)
{
    if (element->size > 8 || number(element) > INT32_MAX)
        return "a cluster's time cannot be";
    speech->cluster_ms = number(element);
    return NULL;
}

// Track, 16 bits of time since the cluster's, flags, then one frame: without lacing.
static const char *block(struct speech *speech, const struct element *element)
{
    if (element->size < 5 || element->data[0] != (speech->track | 0x80) || element->data[3] & 0x06)
        return "a block is not one frame of its track";
    int16_t since = (int16_t)(element->data[1] << 8 | element->data[2]);
    speech->last_ms = (int64_t)speech->cluster_ms + since;
    if (!speech->blocks++)
        speech->first_ms = speech->last_ms;
    return NULL;
}

// What may be in what. `read` NULL: it has elements of its own that matter, or is passed over.
static const struct row {
    uint32_t parent, id;
    element_h *read;
    bool is_opened;
} rows[] = {
    {ID_ROOT, ID_EBML, NULL, true},
    {ID_ROOT, ID_SEGMENT, NULL, true},
    {ID_EBML, ID_DOC_TYPE, doc_type, false},
    {ID_SEGMENT, ID_SEEK_HEAD, NULL, false},
    {ID_SEGMENT, ID_INFO, NULL, true},
    {ID_SEGMENT, ID_TRACKS, NULL, true},
    {ID_SEGMENT, ID_CLUSTER, NULL, true},
    {ID_SEGMENT, ID_CUES, NULL, false},
    {ID_SEGMENT, ID_TAGS, NULL, false},
    {ID_SEGMENT, ID_VOID, NULL, false},
    {ID_INFO, ID_SCALE, scale, false},
    {ID_TRACKS, ID_TRACK, NULL, true},
    {ID_TRACK, ID_TRACK_NUMBER, track_number, false},
    {ID_TRACK, ID_TRACK_TYPE, track_type, false},
    {ID_TRACK, ID_CODEC, codec, false},
    {ID_CLUSTER, ID_CLUSTER_TIME, cluster_time, false},
    {ID_CLUSTER, ID_POSITION, NULL, false},
    {ID_CLUSTER, ID_PREVIOUS, NULL, false},
    {ID_CLUSTER, ID_SIMPLE_BLOCK, block, false},
    {ID_CLUSTER, ID_BLOCK_GROUP, NULL, true},
    {ID_CLUSTER, ID_VOID, NULL, false},
    {ID_BLOCK_GROUP, ID_BLOCK, block, false},
};

static const struct row *row_of(uint32_t parent, uint32_t id)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].parent == parent && rows[i].id == id)
            return &rows[i];
    return NULL;
}

// What says how a file or its sound is made has members that do not matter here.
static bool has_others(uint32_t parent)
{
    return parent == ID_EBML || parent == ID_INFO || parent == ID_TRACK || parent == ID_BLOCK_GROUP;
}

// A number of 1 to 8 bytes whose first bits say how many, RFC 8794 section 4. False: cut off.
static bool read_vint(const uint8_t **at, const uint8_t *end, size_t max, bool marked, uint64_t *to)
{
    if (*at == end || !**at)
        return false;
    size_t len = (size_t)__builtin_clz(**at) - 24 + 1;
    if (len > max || (size_t)(end - *at) < len)
        return false;
    uint64_t value = marked ? **at : **at & (0xffu >> len);
    bool is_ones = (**at & (0xffu >> len)) == 0xffu >> len;
    for (size_t i = 1; i < len; i++) {
        value = value << 8 | (*at)[i];
        is_ones &= (*at)[i] == 0xff;
    }
    *at += len;
    *to = is_ones && !marked ? UNKNOWN : value;
    return true;
}

// Moves behind the element's head. Only a segment and its clusters may be without a size.
static bool read_head(const uint8_t **at, const uint8_t *end, struct element *element)
{
    uint64_t id;
    if (!read_vint(at, end, 4, true, &id) || !read_vint(at, end, 8, false, &element->size))
        return false;
    element->id = (uint32_t)id;
    element->data = *at;
    if (element->size == UNKNOWN)
        return id == ID_SEGMENT || id == ID_CLUSTER;
    return element->size <= (uint64_t)(end - *at);
}

static const char *enter(struct speech *speech, uint32_t id)
{
    bool ordered = id == ID_SEGMENT   ? speech->has_head && !speech->segments++
                   : id == ID_TRACK   ? !speech->tracks++
                   : id == ID_CLUSTER ? speech->tracks > 0
                   : id == ID_EBML    ? !speech->has_head
                                      : true;
    speech->has_head |= id == ID_EBML;
    return ordered ? NULL : "its parts are not those of one recording";
}

static const char *read_all(struct speech *speech, uint32_t parent, const uint8_t **at,
                            const uint8_t *end);

static const char *read_opened(struct speech *speech, const struct element *element,
                               const uint8_t **at, const uint8_t *end)
{
    const char *why = enter(speech, element->id);
    const uint8_t *until = element->size == UNKNOWN ? end : element->data + element->size;
    if (!why)
        why = read_all(speech, element->id, at, until);
    return why || *at == until || element->size == UNKNOWN ? why
                                                           : "a part is longer than its parts";
}

static const char *read_one(struct speech *speech, const struct row *row,
                            const struct element *element, const uint8_t **at, const uint8_t *end)
{
    if (row && row->is_opened)
        return read_opened(speech, element, at, end);
    if (element->size == UNKNOWN) // a segment or a cluster, but not where one may be
        return "its parts are not those of one recording";
    *at += element->size;
    return row && row->read ? row->read(speech, element) : NULL;
}

// Four deep at most, see rows.
static const char *read_all(struct speech *speech, uint32_t parent, const uint8_t **at,
                            const uint8_t *end)
{
    while (*at != end) {
        struct element element;
        const uint8_t *begin = *at;
        if (!read_head(at, end, &element))
            return "it is cut off, or no WebM";
        const struct row *row = row_of(parent, element.id);
        if (!row && parent == ID_CLUSTER && row_of(ID_SEGMENT, element.id)) {
            *at = begin; // a cluster without a size ends where the next part begins
            return NULL;
        }
        if (!row && !has_others(parent))
            return "something is in it that no browser's recording has";
        const char *why = read_one(speech, row, &element, at, end);
        if (why)
            return why;
    }
    return NULL;
}

int speech_check(const uint8_t *bytes, size_t len, const char **why)
{
    struct speech speech = {0};
    const uint8_t *at = bytes;
    *why = len > SPEECH_BYTES_MAX ? "it has more than 500000 bytes" : NULL;
    if (*why)
        return EFBIG;
    *why = read_all(&speech, ID_ROOT, &at, bytes + len);
    if (!*why && (!speech.is_webm || !speech.in_ms || !speech.is_sound || !speech.is_opus))
        *why = "it is no WebM with one track of Opus";
    if (!*why && !speech.blocks)
        *why = "there is no sound in it";
    if (*why)
        return EBADMSG;
    int64_t ms = speech.last_ms - speech.first_ms;
    if (ms >= 0 && ms < SPEECH_MS_MAX)
        return 0;
    *why = "it is longer than a minute";
    return EFBIG;
}
