#pragma once
#include "gateway/packet/sdp_frag.h"
#include "gateway/peer/answer.h"
#include "gateway/peer/ice.h"
#include "gateway/peer/terms.h"

// What a fragment in a PATCH asks for, and the fragment that answers a restart: RFC 9725 section
// 4.3, RFC 8840 section 9. Pure: no socket, clock or memory.

enum restart_wish {
    RESTART_TRICKLE,   // candidates of the ICE session that is
    RESTART_WANTED,    // both ufrag and pwd are others
    RESTART_STALE,     // belongs to the ICE session before
    RESTART_MALFORMED, // one of ufrag and pwd alone, or only one of them is another
};

// `why` is set for the last two: a sentence for the sender.
enum restart_wish restart_judge(const struct ice *ice, const struct sdp_frag *frag,
                                const char **why);

// What a fragment says of the m-lines: which one carries the transport, and with whom it is
// bundled.
struct restart_lines {
    bool bundled, video;
    char mid[TERMS_MID_MAX];   // empty: it has none
    char other[TERMS_MID_MAX]; // the second m-line's; empty: there is none
};

void restart_lines_set(struct restart_lines *lines, const struct terms *terms);

// Writes the answer (zero-terminated) with the ufrag, pwd and candidates of `local`. EMSGSIZE.
int restart_write(const struct restart_lines *lines, const struct answer_local *local, char *text,
                  size_t size);
