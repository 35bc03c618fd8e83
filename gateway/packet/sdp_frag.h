#pragma once
#include "gateway/packet/sdp.h"

// The body of a trickled PATCH, application/trickle-ice-sdpfrag: RFC 8840 section 9. Slices point
// into the text. Any thread.

struct sdp_frag_media {
    struct slice mid; // absent when the section has none
    bool end_of_candidates;
    unsigned candidate_count; // candidates beyond the maximum are left out
    struct sdp_candidate candidates[SDP_CANDIDATES_MAX];
};

struct sdp_frag {
    struct slice ufrag, pwd, options; // absent when not told
    bool ice_lite;
    bool end_of_candidates; // for all sections
    unsigned media_count;
    struct sdp_frag_media media[SDP_MEDIA_MAX]; // members behind media_count are not even zeroed
};

// Errors as sdp_parse(). A candidate outside every section, a mid named twice, and two different
// ufrags or pwds are malformed.
int sdp_frag_parse(struct sdp_frag *frag, const char *text, size_t len, struct sdp_error *error);
