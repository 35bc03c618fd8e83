#include "gateway/peer/srtp.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/packet/rtp.h"
#include "gateway/peer/replay.h"
#include "gateway/peer/srtp_crypt.h"

#define SSRCS_MAX      16
#define SSRCS_STEP     4
#define RTCP_HEAD_LEN  8 // stays clear: RFC 3711 section 3.4
#define RTCP_WORD_LEN  4
#define RTCP_INDEX_MAX 0x7fffffffU
#define RTCP_ENCRYPTED 0x80000000U
#define PACKET_LEN_MAX 65535

struct source {
    uint32_t ssrc;
    struct replay replay;
};

// Who only watches sends nothing but RTCP, under an SSRC or two: rows are made as they are needed,
// a few at a time, when a packet of a new SSRC proved authentic.
struct sources {
    struct source *list;
    size_t count;
};

struct srtp_out {
    struct srtp_crypt rtp, rtcp;
    uint32_t rtcp_index; // of the next packet; one counter for all our SSRCs
};

struct srtp_in {
    struct srtp_crypt rtp, rtcp;
    struct sources rtp_sources, rtcp_sources;
};

size_t srtp_key_len(enum srtp_profile profile)
{
    const struct srtp_profile_info *info = srtp_profile_info(profile);
    return info ? info->key_len : 0;
}

size_t srtp_salt_len(enum srtp_profile profile)
{
    const struct srtp_profile_info *info = srtp_profile_info(profile);
    return info ? info->salt_len : 0;
}

// --- sending ------------------------------------------------------------------------------------

int srtp_out_alloc(struct srtp_out **outp, enum srtp_profile profile, const uint8_t *key,
                   const uint8_t *salt)
{
    if (!outp)
        return EINVAL;
    struct srtp_out *out = mem_zalloc(sizeof(*out));
    if (!out)
        return ENOMEM;
    int err = srtp_crypt_init(&out->rtp, profile, SRTP_USE_RTP, key, salt, true);
    if (!err)
        err = srtp_crypt_init(&out->rtcp, profile, SRTP_USE_RTCP, key, salt, true);
    if (err)
        srtp_out_free(out);
    else
        *outp = out;
    return err;
}

void srtp_out_free(struct srtp_out *out)
{
    if (!out)
        return;
    srtp_crypt_release(&out->rtp);
    srtp_crypt_release(&out->rtcp);
    mem_free(out);
}

size_t srtp_protect(struct srtp_out *out, uint64_t index, uint8_t *packet, size_t header_len,
                    const uint8_t *payload, size_t payload_len)
{
    if (header_len < RTP_HEADER_LEN || header_len + payload_len > PACKET_LEN_MAX)
        return 0;
    struct srtp_unit unit = {
        .ssrc = get_u32(packet + 8),
        .index = index,
        .head = packet,
        .head_len = header_len,
        .text = payload,
        .text_len = payload_len,
        .tag = packet + header_len + payload_len,
    };
    put_u32(unit.word, (uint32_t)(index >> 16));
    if (!srtp_crypt_seal(&out->rtp, &unit))
        return 0;
    return header_len + payload_len + out->rtp.tag_len;
}

// With AES-GCM the tag comes before the word of E and index (RFC 7714 section 9), else behind it.
size_t srtcp_protect(struct srtp_out *out, uint8_t *packet, size_t len)
{
    if (len < RTCP_HEAD_LEN || len > PACKET_LEN_MAX || out->rtcp_index > RTCP_INDEX_MAX)
        return 0;
    const struct srtp_crypt *crypt = &out->rtcp;
    struct srtp_unit unit = {
        .ssrc = get_u32(packet + 4),
        .index = out->rtcp_index,
        .head = packet,
        .head_len = RTCP_HEAD_LEN,
        .text = packet + RTCP_HEAD_LEN,
        .text_len = len - RTCP_HEAD_LEN,
        .tag = packet + len + (crypt->aead ? 0 : RTCP_WORD_LEN),
    };
    put_u32(unit.word, out->rtcp_index | RTCP_ENCRYPTED);
    if (!srtp_crypt_seal(&out->rtcp, &unit))
        return 0;
    memcpy(packet + len + (crypt->aead ? crypt->tag_len : 0), unit.word, RTCP_WORD_LEN);
    out->rtcp_index++;
    return len + crypt->tag_len + RTCP_WORD_LEN;
}

// --- receiving ----------------------------------------------------------------------------------

int srtp_in_alloc(struct srtp_in **inp, enum srtp_profile profile, const uint8_t *key,
                  const uint8_t *salt)
{
    if (!inp)
        return EINVAL;
    struct srtp_in *in = mem_zalloc(sizeof(*in));
    if (!in)
        return ENOMEM;
    int err = srtp_crypt_init(&in->rtp, profile, SRTP_USE_RTP, key, salt, false);
    if (!err)
        err = srtp_crypt_init(&in->rtcp, profile, SRTP_USE_RTCP, key, salt, false);
    if (err)
        srtp_in_free(in);
    else
        *inp = in;
    return err;
}

void srtp_in_free(struct srtp_in *in)
{
    if (!in)
        return;
    srtp_crypt_release(&in->rtp);
    srtp_crypt_release(&in->rtcp);
    mem_free(in->rtp_sources.list);
    mem_free(in->rtcp_sources.list);
    mem_free(in);
}

// The source's row, or `fresh`, made for it, which counts only once a packet proved authentic; NULL
// when there are too many.
static struct source *source_of(struct sources *sources, uint32_t ssrc, struct source *fresh)
{
    for (size_t i = 0; i < sources->count; i++)
        if (sources->list[i].ssrc == ssrc)
            return &sources->list[i];
    if (sources->count == SSRCS_MAX)
        return NULL;
    *fresh = (struct source){.ssrc = ssrc};
    return fresh;
}

// A row for a new source; NULL when memory is short.
static struct source *add_source(struct sources *sources, const struct source *fresh)
{
    if (sources->count % SSRCS_STEP == 0) {
        struct source *list = mem_resize(sources->list,
                                         (sources->count + SSRCS_STEP) * sizeof(*list));
        if (!list)
            return NULL;
        sources->list = list;
    }
    sources->list[sources->count] = *fresh;
    return &sources->list[sources->count++];
}

static int note(struct sources *sources, struct source *source, const struct source *fresh,
                const struct srtp_unit *unit)
{
    if (source == fresh)
        source = add_source(sources, fresh);
    if (!source)
        return ENOSPC;
    replay_note(&source->replay, unit->index);
    return 0;
}

int srtp_unprotect(struct srtp_in *in, uint8_t *packet, size_t *len)
{
    struct rtp_header header;
    struct source fresh;
    size_t tag_len = in->rtp.tag_len;
    if (rtp_parse_protected(&header, packet, *len) != 0 || header.payload_len < tag_len)
        return EBADMSG;
    struct source *source = source_of(&in->rtp_sources, header.ssrc, &fresh);
    if (!source)
        return ENOSPC;
    struct srtp_unit unit = {
        .ssrc = header.ssrc,
        .index = replay_guess(&source->replay, header.seq),
        .head = packet,
        .head_len = header.header_len,
        .text = header.payload,
        .text_len = header.payload_len - tag_len,
        .tag = packet + *len - tag_len,
    };
    put_u32(unit.word, (uint32_t)(unit.index >> 16));
    if (!replay_fresh(&source->replay, unit.index))
        return EEXIST;
    if (!srtp_crypt_open(&in->rtp, &unit))
        return EBADMSG;
    *len -= tag_len;
    return note(&in->rtp_sources, source, &fresh, &unit);
}

// Where things are in an SRTCP packet. EBADMSG when it is too short, or not encrypted: what DTLS
// agreed on always is (RFC 5764 section 4.1.2).
static int srtcp_unit(struct srtp_unit *unit, const struct srtp_crypt *crypt, uint8_t *packet,
                      size_t len)
{
    size_t trailer = crypt->tag_len + RTCP_WORD_LEN;
    if (len < RTCP_HEAD_LEN + trailer || packet[0] >> 6 != 2)
        return EBADMSG;
    uint8_t *end = packet + len - trailer;
    const uint8_t *word = end + (crypt->aead ? crypt->tag_len : 0);
    memcpy(unit->word, word, RTCP_WORD_LEN);
    if (!(get_u32(word) & RTCP_ENCRYPTED))
        return EBADMSG;
    unit->ssrc = get_u32(packet + 4);
    unit->index = get_u32(word) & RTCP_INDEX_MAX;
    unit->head = packet;
    unit->head_len = RTCP_HEAD_LEN;
    unit->text = packet + RTCP_HEAD_LEN;
    unit->text_len = (size_t)(end - unit->text);
    unit->tag = end + (crypt->aead ? 0 : RTCP_WORD_LEN);
    return 0;
}

int srtcp_unprotect(struct srtp_in *in, uint8_t *packet, size_t *len)
{
    struct srtp_unit unit;
    struct source fresh;
    int err = srtcp_unit(&unit, &in->rtcp, packet, *len);
    if (err)
        return err;
    struct source *source = source_of(&in->rtcp_sources, unit.ssrc, &fresh);
    if (!source)
        return ENOSPC;
    if (!replay_fresh(&source->replay, unit.index))
        return EEXIST;
    if (!srtp_crypt_open(&in->rtcp, &unit))
        return EBADMSG;
    *len = unit.head_len + unit.text_len;
    return note(&in->rtcp_sources, source, &fresh, &unit);
}
