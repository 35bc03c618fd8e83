#pragma once
#include "gateway/packet/sdp.h"
#include <errno.h>

// Private to sdp*.c: reading lines, telling errors, and the table of attributes.

struct sdp_reader {
    const char *at;
    size_t left;
    unsigned line;
    struct slice name; // what is being read, for errors: "m=" or an attribute's name
    struct sdp_error *error;
};

// One line: "a=mid:0" has type 'a' and value "mid:0".
struct sdp_line {
    char type;
    struct slice value;
};

// Checks the text as a whole: length, control characters, UTF-8. Errors as sdp_parse().
int sdp_open(struct sdp_reader *reader, const char *text, size_t len, struct sdp_error *error);
// ENOENT at the end. Empty lines are taken at the end only.
int sdp_read_line(struct sdp_reader *reader, struct sdp_line *line);
// Fills in the error and returns `code`.
int sdp_fail(struct sdp_reader *reader, int code, const char *text);
// Splits "name:value" and makes the name the one that errors speak of; value is absent without ":".
struct slice sdp_split(struct sdp_reader *reader, struct slice line);

// What may be said once a section, as bits of sdp_parser.seen.
enum sdp_once {
    SDP_MANY, // no limit but that of its array
    SDP_ONCE_UFRAG,
    SDP_ONCE_PWD,
    SDP_ONCE_OPTIONS,
    SDP_ONCE_LITE,
    SDP_ONCE_SETUP,
    SDP_ONCE_MID,
    SDP_ONCE_DIRECTION,
    SDP_ONCE_MUX,
    SDP_ONCE_MUX_ONLY,
    SDP_ONCE_RSIZE,
    SDP_ONCE_BUNDLE_ONLY,
    SDP_ONCE_MIXED,
    SDP_ONCE_END,
    SDP_ONCE_PTIME,
    SDP_ONCE_MAXPTIME,
    SDP_ONCE_SIMULCAST,
};

struct sdp_parser {
    struct sdp_reader reader;
    struct sdp *sdp;
    struct sdp_media *media; // NULL at session level
    uint32_t seen;           // of enum sdp_once, in this section
    uint32_t feedback;       // of a=rtcp-fb:*, in this section
    bool has_time;           // t= was there
};

// Reads the value of one attribute into p->media or p->sdp. Attributes that are unknown, or unknown
// at this level, are ignored (RFC 8866 section 5.13).
int sdp_read_attribute(struct sdp_parser *p, struct slice line);

// The m= line, which makes p->media, and what closes a section.
int sdp_begin_media(struct sdp_parser *p, struct slice value);
void sdp_end_media(struct sdp_parser *p);

// The attributes' readers.
typedef int sdp_attribute_h(struct sdp_parser *p, struct slice value);
sdp_attribute_h sdp_read_ufrag, sdp_read_pwd, sdp_read_options, sdp_read_fingerprint,
    sdp_read_setup, sdp_read_candidate;
sdp_attribute_h sdp_read_rtpmap, sdp_read_fmtp, sdp_read_rtcp_fb;
sdp_attribute_h sdp_read_extmap, sdp_read_rid, sdp_read_simulcast, sdp_read_msid, sdp_read_ssrc,
    sdp_read_ssrc_group;

// Shared checks.
bool sdp_is_token(struct slice s);                       // 1 to 255 visible ASCII characters
bool sdp_is_ice(struct slice s, size_t min, size_t max); // ice-char, RFC 8839 section 5.4

// Tells what is malformed.
static inline int sdp_bad(struct sdp_parser *p, const char *text)
{
    return sdp_fail(&p->reader, EBADMSG, text);
}
