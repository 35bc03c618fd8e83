#include "gateway/packet/codec.h"

static const struct codec_info table[CODEC_COUNT] = {
    [CODEC_NONE] = {"", 0, 0, MEDIA_OTHER},
    [CODEC_OPUS] = {"opus", 48000, 2, MEDIA_AUDIO},
    [CODEC_RED] = {"red", 48000, 2, MEDIA_AUDIO},
    [CODEC_VP8] = {"VP8", 90000, 0, MEDIA_VIDEO},
    [CODEC_VP9] = {"VP9", 90000, 0, MEDIA_VIDEO},
    [CODEC_H264] = {"H264", 90000, 0, MEDIA_VIDEO},
    [CODEC_AV1] = {"AV1", 90000, 0, MEDIA_VIDEO},
    [CODEC_PCMU] = {"PCMU", 8000, 1, MEDIA_AUDIO},
    [CODEC_PCMA] = {"PCMA", 8000, 1, MEDIA_AUDIO},
    [CODEC_G722] = {"G722", 8000, 1,
                    MEDIA_AUDIO}, // RFC 3551 section 4.5.2: 8000, though it is 16 kHz
    [CODEC_TELEPHONE_EVENT] = {"telephone-event", 0, 1, MEDIA_AUDIO},
    [CODEC_RTX] = {"rtx", 0, 0, MEDIA_OTHER},
};

const struct codec_info *codec_info(enum codec codec)
{
    return &table[(unsigned)codec < CODEC_COUNT ? codec : CODEC_NONE];
}

static bool fits(const struct codec_info *info, uint32_t clock, unsigned channels)
{
    if (info->clock && info->clock != clock)
        return false;
    return info->channels == 0 || info->channels == (channels ? channels : 1);
}

enum codec codec_find(struct slice name, uint32_t clock, unsigned channels)
{
    for (unsigned i = CODEC_NONE + 1; i < CODEC_COUNT; i++)
        if (slice_is_nocase(name, table[i].name))
            return fits(&table[i], clock, channels) ? (enum codec)i : CODEC_NONE;
    return CODEC_NONE;
}

enum codec codec_of_static_pt(uint8_t pt)
{
    switch (pt) {
    case 0:
        return CODEC_PCMU;
    case 8:
        return CODEC_PCMA;
    case 9:
        return CODEC_G722;
    default:
        return CODEC_NONE;
    }
}
