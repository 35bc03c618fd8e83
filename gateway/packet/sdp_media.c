#include "gateway/packet/sdp_parse.h"

#include <string.h>

// The m= line and the attributes of a payload type: rtpmap, fmtp, rtcp-fb.

static enum media_kind kind_of(struct slice type)
{
    if (slice_is(type, "audio"))
        return MEDIA_AUDIO;
    if (slice_is(type, "video"))
        return MEDIA_VIDEO;
    return slice_is(type, "application") ? MEDIA_APPLICATION : MEDIA_OTHER;
}

static enum sdp_protocol protocol_of(struct slice text)
{
    static const struct {
        const char *text;
        enum sdp_protocol protocol;
    } table[] = {
        {"UDP/TLS/RTP/SAVPF", SDP_PROTOCOL_RTP_DTLS},
        {"UDP/TLS/RTP/SAVP", SDP_PROTOCOL_RTP_DTLS},
        {"TCP/DTLS/RTP/SAVPF", SDP_PROTOCOL_RTP_DTLS},
        {"TCP/DTLS/RTP/SAVP", SDP_PROTOCOL_RTP_DTLS},
        {"RTP/SAVPF", SDP_PROTOCOL_RTP_SDES},
        {"RTP/SAVP", SDP_PROTOCOL_RTP_SDES},
        {"RTP/AVPF", SDP_PROTOCOL_RTP},
        {"RTP/AVP", SDP_PROTOCOL_RTP},
        {"UDP/DTLS/SCTP", SDP_PROTOCOL_SCTP},
        {"TCP/DTLS/SCTP", SDP_PROTOCOL_SCTP},
        {"DTLS/SCTP", SDP_PROTOCOL_SCTP},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (slice_is(text, table[i].text))
            return table[i].protocol;
    return SDP_PROTOCOL_OTHER;
}

static bool is_rtp(const struct sdp_media *media)
{
    return media->protocol == SDP_PROTOCOL_RTP || media->protocol == SDP_PROTOCOL_RTP_SDES ||
           media->protocol == SDP_PROTOCOL_RTP_DTLS;
}

const struct sdp_format *sdp_find_format(const struct sdp_media *media, uint8_t pt)
{
    for (unsigned i = 0; i < media->format_count; i++)
        if (media->formats[i].pt == pt)
            return &media->formats[i];
    return NULL;
}

static int read_formats(struct sdp_parser *p, struct slice list)
{
    struct sdp_media *media = p->media;
    struct slice word;
    uint64_t pt;
    while ((word = slice_word(&list)).p) {
        if (slice_number(word, 0, 127, &pt))
            return sdp_bad(p, "formats must be numbers of 0 to 127");
        if (sdp_find_format(media, (uint8_t)pt))
            return sdp_bad(p, "has a format twice");
        if (media->format_count == SDP_FORMATS_MAX)
            return sdp_fail(&p->reader, EMSGSIZE, "has more than 64 formats");
        struct sdp_format *format = &media->formats[media->format_count++];
        *format = (struct sdp_format){.pt = (uint8_t)pt};
    }
    return 0;
}

// "9" or "5004/2": the number of ports is checked and dropped.
static int read_port(struct sdp_parser *p, struct slice text)
{
    struct slice port = slice_cut(&text, '/');
    uint64_t number;
    uint64_t count;
    if (slice_number(port, 0, UINT16_MAX, &number))
        return sdp_bad(p, "port must be a number of 0 to 65535");
    if (text.p && slice_number(text, 1, UINT16_MAX, &count))
        return sdp_bad(p, "number of ports must be 1 to 65535");
    p->media->port = (uint16_t)number;
    return 0;
}

int sdp_begin_media(struct sdp_parser *p, struct slice value)
{
    if (p->sdp->media_count == SDP_MEDIA_MAX)
        return sdp_fail(&p->reader, EMSGSIZE, "more than 64 media sections");
    struct sdp_media *media = &p->sdp->media[p->sdp->media_count++];
    memset(media, 0, sizeof(*media));
    p->media = media;
    p->seen = 0;
    p->feedback = 0;
    media->direction = p->sdp->direction;
    media->type = slice_word(&value);
    struct slice port = slice_word(&value);
    media->protocol_text = slice_word(&value);
    media->format_text = slice_trim(value);
    if (media->format_text.len == 0)
        return sdp_bad(p, "must have a type, a port, a protocol and formats");
    media->kind = kind_of(media->type);
    media->protocol = protocol_of(media->protocol_text);
    int err = read_port(p, port);
    return err || !is_rtp(media) ? err : read_formats(p, media->format_text);
}

static void fill_in_static(struct sdp_format *format)
{
    enum codec codec = codec_of_static_pt(format->pt);
    if (format->name.p || codec == CODEC_NONE)
        return;
    format->codec = codec;
    format->name = slice_of(codec_info(codec)->name);
    format->clock = codec_info(codec)->clock;
    format->channels = codec_info(codec)->channels;
}

void sdp_end_media(struct sdp_parser *p)
{
    for (unsigned i = 0; i < p->media->format_count; i++) {
        p->media->formats[i].feedback |= p->feedback;
        fill_in_static(&p->media->formats[i]);
    }
}

// Takes "<payload type> " off *value. *format is NULL for one that the m-line does not have: such a
// line is about nothing and is skipped.
static int take_format(struct sdp_parser *p, struct slice *value, struct sdp_format **format)
{
    uint64_t pt;
    if (slice_number(slice_word(value), 0, 127, &pt))
        return sdp_bad(p, "must begin with a payload type of 0 to 127");
    *format = (struct sdp_format *)sdp_find_format(p->media, (uint8_t)pt);
    return 0;
}

// <pt> <name>/<clock>[/<channels>]
int sdp_read_rtpmap(struct sdp_parser *p, struct slice value)
{
    struct sdp_format *format;
    uint64_t clock;
    uint64_t channels = 1;
    int err = take_format(p, &value, &format);
    if (err)
        return err;
    struct slice rest = slice_trim(value);
    struct slice name = slice_cut(&rest, '/');
    if (!sdp_is_token(name) || slice_number(slice_cut(&rest, '/'), 1, UINT32_MAX, &clock))
        return sdp_bad(p, "must have a name and a clock rate");
    if (rest.p && slice_number(rest, 1, 255, &channels))
        return sdp_bad(p, "channels must be 1 to 255");
    if (!format)
        return 0;
    if (format->name.p)
        return sdp_bad(p, "is said twice for one payload type");
    format->name = name;
    format->clock = (uint32_t)clock;
    format->channels = (uint8_t)channels;
    format->codec = codec_find(name, format->clock, format->channels);
    return 0;
}

int sdp_read_fmtp(struct sdp_parser *p, struct slice value)
{
    struct sdp_format *format;
    struct slice text;
    uint64_t apt;
    int err = take_format(p, &value, &format);
    if (err || !format)
        return err;
    if (format->fmtp.p)
        return sdp_bad(p, "is said twice for one payload type");
    format->fmtp = slice_trim(value);
    if (format->fmtp.len == 0)
        return sdp_bad(p, "must have parameters");
    if (!sdp_fmtp_get(format->fmtp, "apt", &text))
        return 0;
    if (slice_number(text, 0, 127, &apt))
        return sdp_bad(p, "apt must be 0 to 127");
    format->has_apt = true;
    format->apt = (uint8_t)apt;
    return 0;
}

static uint32_t feedback_of(struct slice text)
{
    static const struct {
        const char *text;
        uint32_t bit;
    } table[] = {
        {"nack", SDP_FB_NACK},
        {"nack pli", SDP_FB_NACK_PLI},
        {"ccm fir", SDP_FB_CCM_FIR},
        {"goog-remb", SDP_FB_GOOG_REMB},
        {"transport-cc", SDP_FB_TRANSPORT_CC},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (slice_is(text, table[i].text))
            return table[i].bit;
    return 0;
}

// <pt>|* <kind>[ <parameter>]
int sdp_read_rtcp_fb(struct sdp_parser *p, struct slice value)
{
    struct slice rest = value;
    struct sdp_format *format = NULL;
    bool all = slice_is(slice_word(&rest), "*");
    if (!all) {
        rest = value;
        int err = take_format(p, &rest, &format);
        if (err)
            return err;
    }
    rest = slice_trim(rest);
    if (rest.len == 0)
        return sdp_bad(p, "must say which feedback");
    if (all)
        p->feedback |= feedback_of(rest);
    else if (format)
        format->feedback |= feedback_of(rest);
    return 0;
}

bool sdp_fmtp_get(struct slice params, const char *key, struct slice *value)
{
    while (params.p) {
        struct slice rest = slice_trim(slice_cut(&params, ';'));
        struct slice name = slice_trim(slice_cut(&rest, '='));
        if (!slice_is_nocase(name, key))
            continue;
        *value = rest.p ? slice_trim(rest) : (struct slice){name.p + name.len, 0};
        return true;
    }
    return false;
}
