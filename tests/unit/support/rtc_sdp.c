#include "tests/unit/support/rtc_sdp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/writer.h"
#include "gateway/packet/rtp_ext.h"
#include "gateway/packet/sdp.h"
#include "gateway/packet/sdp_frag.h"
#include "tests/unit/support/rtc_client.h"

static void write_transport(struct writer *w, const struct rtc_sdp_offer *offer)
{
    writer_printf(w,
                  "c=IN IP4 0.0.0.0\r\n"
                  "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=ice-options:trickle\r\n"
                  "a=fingerprint:sha-256 %s\r\na=setup:actpass\r\n"
                  "a=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n",
                  offer->ufrag, offer->pwd, offer->fingerprint,
                  offer->send ? "sendonly" : "recvonly");
}

static void write_source(struct writer *w, const struct rtc_sdp_offer *offer, uint32_t ssrc)
{
    if (offer->send)
        writer_printf(w, "a=msid:stream track%u\r\na=ssrc:%u cname:client\r\n", ssrc, ssrc);
}

static void write_twcc(struct writer *w, const struct rtc_sdp_offer *offer, unsigned pt)
{
    if (offer->twcc)
        writer_printf(w, "a=extmap:%d %s\r\na=rtcp-fb:%u transport-cc\r\n", RTC_EXT_TWCC,
                      rtp_ext_uri(RTP_EXT_TRANSPORT_CC), pt);
}

static void write_audio(struct writer *w, const struct rtc_sdp_offer *offer)
{
    writer_printf(w, "m=audio 9 UDP/TLS/RTP/SAVPF %d\r\n", RTC_PT_AUDIO);
    write_transport(w, offer);
    writer_printf(w, "a=mid:0\r\na=rtpmap:%d opus/48000/2\r\na=fmtp:%d useinbandfec=1\r\n",
                  RTC_PT_AUDIO, RTC_PT_AUDIO);
    write_twcc(w, offer, RTC_PT_AUDIO);
    write_source(w, offer, offer->audio_ssrc);
}

static void write_video(struct writer *w, const struct rtc_sdp_offer *offer)
{
    writer_printf(w, "m=video 9 UDP/TLS/RTP/SAVPF %d", RTC_PT_VIDEO);
    if (offer->rtx)
        writer_printf(w, " %d", RTC_PT_RTX);
    writer_text(w, "\r\n");
    write_transport(w, offer);
    writer_printf(w,
                  "a=mid:%d\r\na=rtpmap:%d VP8/90000\r\na=rtcp-fb:%d nack\r\n"
                  "a=rtcp-fb:%d nack pli\r\na=rtcp-fb:%d ccm fir\r\n",
                  offer->audio ? 1 : 0, RTC_PT_VIDEO, RTC_PT_VIDEO, RTC_PT_VIDEO, RTC_PT_VIDEO);
    write_twcc(w, offer, RTC_PT_VIDEO);
    if (offer->rtx)
        writer_printf(w, "a=rtpmap:%d rtx/90000\r\na=fmtp:%d apt=%d\r\n", RTC_PT_RTX, RTC_PT_RTX,
                      RTC_PT_VIDEO);
    if (offer->rtx && offer->send)
        writer_printf(w, "a=ssrc-group:FID %u %u\r\n", offer->video_ssrc, offer->rtx_ssrc);
    if (offer->simulcast)
        writer_printf(w,
                      "a=extmap:%d %s\r\na=rid:h send\r\na=rid:m send\r\na=rid:l send\r\n"
                      "a=simulcast:send h;m;l\r\n",
                      RTC_EXT_RID, rtp_ext_uri(RTP_EXT_RID));
    write_source(w, offer, offer->video_ssrc);
}

int rtc_sdp_write(const struct rtc_sdp_offer *offer, char *text, size_t size)
{
    struct writer w = writer_of(text, size);
    const char *both = offer->audio && offer->video ? " 1" : "";
    writer_printf(&w, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0%s\r\n",
                  both);
    if (offer->audio)
        write_audio(&w, offer);
    if (offer->video)
        write_video(&w, offer);
    return writer_string(&w) ? 0 : EMSGSIZE;
}

static void take_candidate(struct rtc_sdp_answer *answer, const struct sdp_candidate *candidate)
{
    struct addr addr;
    char text[ADDR_TEXT_MAX];
    if (slice_copy(text, sizeof(text), candidate->address) || addr_parse(&addr, text))
        return;
    addr_set_port(&addr, candidate->port);
    if (candidate->transport == SDP_TRANSPORT_UDP && !answer->has_udp) {
        answer->udp = addr;
        answer->has_udp = true;
    } else if (candidate->transport == SDP_TRANSPORT_TCP && !answer->has_tcp) {
        answer->tcp = addr;
        answer->has_tcp = true;
    }
}

static void take_media(struct rtc_sdp_answer *answer, const struct sdp_media *media)
{
    uint32_t ssrc = media->ssrc_count ? media->ssrcs[0].ssrc : 0;
    for (unsigned i = 0; i < media->candidate_count; i++)
        take_candidate(answer, &media->candidates[i]);
    if (media->ssrc_group_count && slice_is(media->ssrc_groups[0].semantics, "FID") &&
        media->ssrc_groups[0].ssrcs[0] == ssrc)
        answer->rtx_ssrc = media->ssrc_groups[0].ssrcs[1];
    if (media->kind == MEDIA_AUDIO)
        answer->audio_ssrc = ssrc;
    if (media->kind == MEDIA_VIDEO)
        answer->video_ssrc = ssrc;
}

static int take_ice(struct rtc_sdp_answer *answer, const struct sdp_ice *ice)
{
    if (slice_copy(answer->ufrag, sizeof(answer->ufrag), ice->ufrag) ||
        slice_copy(answer->pwd, sizeof(answer->pwd), ice->pwd) || !ice->fingerprint_count ||
        ice->fingerprints[0].len != 32)
        return EBADMSG;
    for (unsigned i = 0; i < 32; i++)
        snprintf(answer->fingerprint + 3 * i, 4, i < 31 ? "%02X:" : "%02X",
                 ice->fingerprints[0].bytes[i]);
    return 0;
}

int rtc_sdp_read(struct rtc_sdp_answer *answer, const char *text, size_t len)
{
    memset(answer, 0, sizeof(*answer));
    struct sdp *sdp = mem_zalloc(sizeof(*sdp));
    if (!sdp)
        return ENOMEM;
    int err = sdp_parse(sdp, text, len, NULL);
    if (!err && !sdp->media_count)
        err = EBADMSG;
    if (!err)
        err = take_ice(answer, &sdp->media[0].ice);
    for (unsigned i = 0; !err && i < sdp->media_count; i++)
        take_media(answer, &sdp->media[i]);
    mem_free(sdp);
    return err;
}

int rtc_sdp_write_fragment(const char *ufrag, const char *pwd, char *text, size_t size)
{
    struct writer w = writer_of(text, size);
    writer_printf(&w, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", ufrag, pwd);
    writer_text(&w, "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=end-of-candidates\r\n");
    return writer_string(&w) ? 0 : EMSGSIZE;
}

int rtc_sdp_read_fragment(struct rtc_sdp_answer *answer, const char *text, size_t len)
{
    struct sdp_frag *frag = mem_zalloc(sizeof(*frag));
    if (!frag)
        return ENOMEM;
    int err = sdp_frag_parse(frag, text, len, NULL);
    if (!err && (!frag->ice_lite || frag->media_count != 1 || !frag->media[0].candidate_count))
        err = EBADMSG;
    if (!err && (slice_copy(answer->ufrag, sizeof(answer->ufrag), frag->ufrag) ||
                 slice_copy(answer->pwd, sizeof(answer->pwd), frag->pwd)))
        err = EBADMSG;
    mem_free(frag);
    return err;
}
