#pragma once
#include "gateway/packet/rtp.h"
#include "gateway/packet/slice.h"

// RTP header extensions, RFC 8285: which ones we know, which id each has in a session, where each
// is in a packet. Any thread.

enum rtp_ext {
    RTP_EXT_MID,                   // RFC 9143: text
    RTP_EXT_RID,                   // RFC 8852: text
    RTP_EXT_RRID,                  // RFC 8852: text, the RID that an RTX stream repairs
    RTP_EXT_ABS_SEND_TIME,         // 24 bits, seconds as 6.18 fixed point
    RTP_EXT_TRANSPORT_CC,          // 16 bits, transport-wide sequence number
    RTP_EXT_AUDIO_LEVEL,           // RFC 6464: voice flag, -dBov
    RTP_EXT_VIDEO_ORIENTATION,     // 3GPP TS 26.114: one byte
    RTP_EXT_PLAYOUT_DELAY,         // 12 + 12 bits, 10 ms each
    RTP_EXT_ABS_CAPTURE_TIME,      // 8 or 16 bytes
    RTP_EXT_DEPENDENCY_DESCRIPTOR, // AV1 RTP specification, appendix A
    RTP_EXT_VIDEO_LAYERS,          // video-layers-allocation00
    RTP_EXT_TOFFSET,               // RFC 5450: 24 bits
    RTP_EXT_VIDEO_CONTENT_TYPE,    // one byte
    RTP_EXT_VIDEO_TIMING,          // 13 bytes
    RTP_EXT_COLOR_SPACE,           // 4 or 28 bytes
    RTP_EXT_COUNT,                 // also: "none"
};

#define RTP_EXT_PROFILE_ONE 0xBEDE
#define RTP_EXT_PROFILE_TWO 0x1000 // the low four bits may be anything

// The URI that a=extmap names it by; NULL for RTP_EXT_COUNT and beyond.
const char *rtp_ext_uri(enum rtp_ext kind);
// RTP_EXT_COUNT for a URI we do not know.
enum rtp_ext rtp_ext_find(struct slice uri);

// Which id an extension has in one session. Zeroed is empty. Members are read through the
// functions.
struct rtp_ext_map {
    uint8_t kind_of[256];         // by id: kind + 1, 0 for none
    uint8_t id_of[RTP_EXT_COUNT]; // by kind: id, 0 for none
};

// Adds a pair. EINVAL for an id outside 1..255 or no such kind; EEXIST when the id or the kind
// already has another partner (the same pair again is fine).
int rtp_ext_map_set(struct rtp_ext_map *map, unsigned id, enum rtp_ext kind);

static inline enum rtp_ext rtp_ext_map_kind(const struct rtp_ext_map *map, uint8_t id)
{
    return map->kind_of[id] ? (enum rtp_ext)(map->kind_of[id] - 1) : RTP_EXT_COUNT;
}

// 0 when the session does not use it.
static inline uint8_t rtp_ext_map_id(const struct rtp_ext_map *map, enum rtp_ext kind)
{
    return map->id_of[kind];
}

// Where the known extensions of one packet are. Offsets count from the packet's first byte, so they
// hold for every copy of it. len may be 0 (two-byte form) with the kind present.
struct rtp_ext_set {
    uint32_t present; // bit 1 << kind
    struct {
        uint16_t off;
        uint8_t len;
    } at[RTP_EXT_COUNT];
};

static inline bool rtp_ext_has(const struct rtp_ext_set *set, enum rtp_ext kind)
{
    return (set->present >> kind) & 1;
}

// Finds the extensions named by `map` in `packet`, whose header rtp_parse() gave. One-byte and
// two-byte form; other profiles and ids are skipped; of one kind sent twice the first counts.
// EBADMSG when an element runs over the end: what came before it is in *set, and may be used.
int rtp_ext_parse(struct rtp_ext_set *set, const struct rtp_ext_map *map, const uint8_t *packet,
                  const struct rtp_header *header);

// The bytes of one kind in a packet (or copy) that the set was made from; NULL when it is not
// there.
static inline const uint8_t *rtp_ext_get(const struct rtp_ext_set *set, const uint8_t *packet,
                                         enum rtp_ext kind, size_t *len)
{
    if (!rtp_ext_has(set, kind))
        return NULL;
    *len = set->at[kind].len;
    return packet + set->at[kind].off;
}

// One element to write.
struct rtp_ext_item {
    uint8_t id;  // 1..255
    uint8_t len; // 0..255
    const uint8_t *data;
};

// Writes the extension (head, elements, padding to four bytes) to `to`, in the one-byte form when
// every id is 1..14 and every length 1..16, else in the two-byte form. *len gets the bytes written,
// 0 for no items (then the X bit must stay clear). EINVAL for id 0, EMSGSIZE when `cap` or the
// length field is too small; nothing is written then.
int rtp_ext_write(uint8_t *to, size_t cap, const struct rtp_ext_item *items, size_t count,
                  size_t *len);
