#include "pipelines/mkv.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "pipelines/ebml.h"
#include "pipelines/mkv_head.h"

#define CLUSTER_MS       1000
#define CLUSTER_MIN_MS   200 // not one a keyframe when all frames are keyframes
#define HEAD_MAX         4096
#define CONFIG_MAX       2048
#define BLOCK_BEFORE     64 // bytes in front of a frame
#define FRAME_MAX        (16u * 1024 * 1024)
#define SAMPLE_RATE      48000
#define SEEK_PRE_ROLL_NS 80000000 // RFC 9559 section 5.1.4.1.27: what Opus needs to settle

struct mkv {
    struct sink *sink;
    int64_t cluster_ms; // -1 before the first
    bool has_video;
    off_t width_at, height_at; // of the values in the file
};

static void put_track(struct writer *w, enum mkv_media media, const char *codec)
{
    ebml_uint(w, EBML_TRACK_NUMBER, media + 1);
    ebml_uint(w, EBML_TRACK_UID, media + 1);
    ebml_uint(w, EBML_TRACK_TYPE, media == MKV_VIDEO ? 1 : 2);
    ebml_uint(w, EBML_LACING, 0);
    ebml_text(w, EBML_CODEC, codec);
}

static const char *codec_id(const char *video)
{
    static const char *const ids[][2] = {
        {"VP8", "V_VP8"}, {"VP9", "V_VP9"}, {"H264", "V_MPEG4/ISO/AVC"}};

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        if (strcmp(ids[i][0], video) == 0)
            return ids[i][1];
    return NULL;
}

static void put_video(struct mkv *mkv, struct writer *w, const struct mkv_format *format)
{
    size_t track = ebml_begin(w, EBML_TRACK);

    put_track(w, MKV_VIDEO, codec_id(format->video));
    if (format->video_config)
        ebml_bytes(w, EBML_CODEC_PRIVATE, format->video_config, format->video_config_len);
    size_t video = ebml_begin(w, EBML_VIDEO);
    ebml_short(w, EBML_WIDTH, (uint16_t)(format->width ? format->width : 640));
    mkv->width_at = (off_t)w->len - 2;
    ebml_short(w, EBML_HEIGHT, (uint16_t)(format->height ? format->height : 360));
    mkv->height_at = (off_t)w->len - 2;
    ebml_end(w, video);
    ebml_end(w, track);
}

static void put_audio(struct writer *w)
{
    // RFC 7845 section 5.1: version 1, two channels, no pre-skip, 48 kHz, no gain, plain mapping.
    static const uint8_t opus_head[] = {'O', 'p', 'u',  's',  'H', 'e', 'a', 'd', 1, 2,
                                        0,   0,   0x80, 0xBB, 0,   0,   0,   0,   0};
    size_t track = ebml_begin(w, EBML_TRACK);

    put_track(w, MKV_AUDIO, "A_OPUS");
    ebml_bytes(w, EBML_CODEC_PRIVATE, opus_head, sizeof(opus_head));
    ebml_uint(w, EBML_SEEK_PRE_ROLL, SEEK_PRE_ROLL_NS);
    size_t audio = ebml_begin(w, EBML_AUDIO);
    ebml_float(w, EBML_SAMPLE_RATE, SAMPLE_RATE);
    ebml_uint(w, EBML_CHANNELS, 2);
    ebml_end(w, audio);
    ebml_end(w, track);
}

static int write_head(struct mkv *mkv, const struct mkv_format *format)
{
    uint8_t head[HEAD_MAX];
    struct writer w = writer_of(head, sizeof(head));
    bool h264 = format->video && strcmp(format->video, "H264") == 0;

    ebml_doc(&w, h264 ? "matroska" : "webm");
    ebml_id(&w, EBML_SEGMENT);
    ebml_size_long(&w, EBML_SIZE_UNKNOWN);
    mkv_put_info(&w, format->began_ms, 0);
    size_t tracks = ebml_begin(&w, EBML_TRACKS);
    if (format->video)
        put_video(mkv, &w, format);
    if (format->audio)
        put_audio(&w);
    ebml_end(&w, tracks);
    struct iovec part = {head, w.len};
    return w.full ? EMSGSIZE : sink_write(mkv->sink, &part, 1);
}

int mkv_alloc(struct mkv **mkvp, struct sink *sink, const struct mkv_format *format)
{
    if (!mkvp || !format || (!format->video && !format->audio))
        return EINVAL;
    if (format->video && (!codec_id(format->video) || format->video_config_len > CONFIG_MAX))
        return EINVAL;
    struct mkv *mkv = mem_zalloc(sizeof(*mkv));
    if (!mkv)
        return ENOMEM;
    mkv->sink = sink;
    mkv->cluster_ms = -1;
    mkv->has_video = format->video != NULL;
    int err = write_head(mkv, format);
    if (err)
        mkv_free(mkv);
    else
        *mkvp = mkv;
    return err;
}

void mkv_free(struct mkv *mkv)
{
    mem_free(mkv);
}

static bool cluster_is_due(const struct mkv *mkv, const struct mkv_frame *frame)
{
    int64_t age_ms = frame->time_ms - mkv->cluster_ms;

    if (mkv->cluster_ms < 0 || age_ms < -EBML_BLOCK_CLUSTER || age_ms >= CLUSTER_MS)
        return true;
    return frame->media == MKV_VIDEO && frame->key && age_ms >= CLUSTER_MIN_MS;
}

// A cluster of unknown size ends where the next begins: nothing has to be filled in later.
static int put_cluster(struct mkv *mkv, struct writer *w, const struct mkv_frame *frame)
{
    int err = mkv->cluster_ms >= 0 ? sink_sync(mkv->sink) : 0;
    if (err)
        return err;
    mkv->cluster_ms = frame->time_ms;
    ebml_id(w, EBML_CLUSTER);
    ebml_size_long(w, EBML_SIZE_UNKNOWN);
    ebml_uint(w, EBML_TIME, (uint64_t)frame->time_ms);
    return 0;
}

int mkv_write(struct mkv *mkv, const struct mkv_frame *frame)
{
    uint8_t before[BLOCK_BEFORE];
    struct writer w = writer_of(before, sizeof(before));
    int err = 0;

    if (frame->len == 0 || frame->len > FRAME_MAX || frame->time_ms < 0)
        return EMSGSIZE;
    if (cluster_is_due(mkv, frame))
        err = put_cluster(mkv, &w, frame);
    if (err)
        return err;
    ebml_id(&w, EBML_BLOCK);
    ebml_size(&w, EBML_BLOCK_HEAD + frame->len);
    writer_u8(&w, (uint8_t)(0x80 | (frame->media + 1)));
    writer_u16(&w, (uint16_t)(int16_t)(frame->time_ms - mkv->cluster_ms));
    writer_u8(&w, frame->key ? EBML_BLOCK_KEY : 0);
    struct iovec parts[] = {{before, w.len}, {(void *)frame->data, frame->len}};
    return sink_write(mkv->sink, parts, 2);
}

int mkv_set_size(struct mkv *mkv, unsigned width, unsigned height)
{
    uint8_t value[2];

    if (!mkv->has_video || !width || !height || width > UINT16_MAX || height > UINT16_MAX)
        return EINVAL;
    put_u16(value, (uint16_t)width);
    int err = sink_patch(mkv->sink, mkv->width_at, value, 2);
    put_u16(value, (uint16_t)height);
    return err ? err : sink_patch(mkv->sink, mkv->height_at, value, 2);
}
