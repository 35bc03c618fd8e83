#include "gateway/relay/drop.h"

static const char *const names[DROP_COUNT] = {
    [DROP_TOO_LONG] = "too_long",
    [DROP_NOT_OURS] = "not_ours",
    [DROP_STUN] = "stun",
    [DROP_UNKNOWN_PATH] = "unknown_path",
    [DROP_DTLS] = "dtls",
    [DROP_NOT_CONNECTED] = "not_connected",
    [DROP_SRTP_AUTH] = "srtp_auth",
    [DROP_SRTP_REPLAY] = "srtp_replay",
    [DROP_RTP_MALFORMED] = "rtp_malformed",
    [DROP_RTCP_MALFORMED] = "rtcp_malformed",
    [DROP_PAYLOAD_TYPE] = "payload_type",
    [DROP_SSRC] = "ssrc",
    [DROP_PROBE] = "probe",
    [DROP_DUPLICATE] = "duplicate",
    [DROP_LATE] = "late",
    [DROP_NO_BUFFER] = "no_buffer",
    [DROP_NOT_PUBLISHING] = "not_publishing",
    [DROP_SUB_NO_CODEC] = "sub_no_codec",
    [DROP_SUB_WAITS_KEY] = "sub_waits_key",
    [DROP_SUB_LAYER] = "sub_layer",
    [DROP_SUB_PAUSED] = "sub_paused",
    [DROP_EGRESS_FULL] = "egress_full",
    [DROP_EGRESS_ERROR] = "egress_error",
};

const char *drop_name(enum drop_reason reason)
{
    return (unsigned)reason < DROP_COUNT ? names[reason] : "";
}
