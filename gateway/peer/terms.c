#include "gateway/peer/terms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/packet/sdp.h"

int terms_media_copy(struct terms_media **copyp, const struct terms_media *from)
{
    size_t size = offsetof(struct terms_media, codecs) + from->codec_count * sizeof(*from->codecs);
    struct terms_media *copy = mem_zalloc(size);
    if (!copy)
        return ENOMEM;
    memcpy((void *)copy, from, size);
    *copyp = copy;
    return 0;
}

const struct terms_codec *terms_by_pt(const struct terms_media *media, uint8_t pt)
{
    for (size_t i = 0; i < media->codec_count; i++)
        if (media->codecs[i].pt == pt)
            return &media->codecs[i];
    return NULL;
}

bool terms_have_rtx(const struct terms_media *media)
{
    for (size_t i = 0; i < media->codec_count; i++)
        if (media->codecs[i].rtx_pt)
            return true;
    return false;
}

uint32_t terms_rtx_ssrc(const struct terms_media *media, uint32_t ssrc)
{
    for (size_t i = 0; i < media->fid_count; i++)
        if (media->fids[i].ssrc == ssrc)
            return media->fids[i].rtx_ssrc;
    return 0;
}

// The value of a parameter; `fallback` when it is not there.
static struct slice param(const char *fmtp, const char *key, const char *fallback)
{
    struct slice value;
    return sdp_fmtp_get(slice_of(fmtp), key, &value) ? value : slice_of(fallback);
}

static bool same(const char *a, const char *b, const char *key, const char *fallback)
{
    return slice_equal(param(a, key, fallback), param(b, key, fallback));
}

// --- H.264 --------------------------------------------------------------------------------------

// RFC 6184 section 8.1, table 5, in the order of what a decoder can do; 0 for others.
static int h264_profile(const char *fmtp)
{
    char text[7];
    struct slice id = param(fmtp, "profile-level-id", "42000a"); // the RFC's default
    if (slice_copy(text, sizeof(text), id) != 0 || id.len != 6)
        return 0;
    unsigned long number = strtoul(text, NULL, 16);
    switch (number >> 16) {
    case 0x42:
    case 0x4d:
        if (number >> 16 == 0x42 || (number >> 8 & 0x80))
            return 1; // (constrained) baseline: encoders use none of what sets the two apart
        return 2;     // main
    case 0x58:
        return number >> 8 & 0x80 ? 1 : 0;
    case 0x64:
        return 3; // high
    default:
        return 0;
    }
}

static bool h264_decodes(const char *decoder, const char *stream)
{
    int can = h264_profile(decoder), needed = h264_profile(stream);
    bool single = slice_is(param(stream, "packetization-mode", "0"), "0");
    if (!single && !same(decoder, stream, "packetization-mode", "0"))
        return false;
    return needed > 0 && can >= needed;
}

// --- all ----------------------------------------------------------------------------------------

// Can a receiver that offered `decoder` show what is described by `stream`?
static bool decodes(enum codec codec, const char *decoder, const char *stream)
{
    switch (codec) {
    case CODEC_H264:
        return h264_decodes(decoder, stream);
    case CODEC_VP9:
        return same(decoder, stream, "profile-id", "0");
    case CODEC_AV1:
        return same(decoder, stream, "profile", "0");
    default:
        return true;
    }
}

// Nothing that matters for decoding differs.
static bool matches_exactly(enum codec codec, const char *decoder, const char *stream)
{
    if (codec != CODEC_H264)
        return true;
    return same(decoder, stream, "packetization-mode", "0") &&
           h264_profile(decoder) == h264_profile(stream);
}

bool terms_usable(enum codec codec, const char *fmtp)
{
    return decodes(codec, fmtp, fmtp);
}

const struct terms_codec *terms_match(const struct terms_media *media, enum codec codec,
                                      const char *fmtp)
{
    const struct terms_codec *found = NULL;
    for (size_t i = 0; i < media->codec_count; i++) {
        const struct terms_codec *row = &media->codecs[i];
        if (row->codec != codec || !decodes(codec, row->fmtp, fmtp ? fmtp : ""))
            continue;
        if (matches_exactly(codec, row->fmtp, fmtp ? fmtp : ""))
            return row;
        if (!found)
            found = row;
    }
    return found;
}
