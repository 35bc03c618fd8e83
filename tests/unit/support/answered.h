#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/peer/answer.h"

// Offers that are answered, and the answers read again by the parser of offers. A test has one
// negotiation at a time.

// Of a SHA-256 fingerprint.
#define HALF_DIGEST "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"
#define DIGEST      HALF_DIGEST ":" HALF_DIGEST
#define SESSION     "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define TRANSPORT                                                                                  \
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 " DIGEST        \
    "\r\na=setup:actpass\r\n"

extern struct sdp offer, answer;
extern struct terms terms;
extern struct answer_refusal refusal;
extern char text[16384]; // of the answer

// What answer_make() says to an offer that can be read.
int answer_try(const char *sdp, enum answer_role role, const struct answer_local *local);
// The offer is accepted.
void answer_accept(const char *sdp, enum answer_role role, const struct answer_local *local);
// Has the answer this line?
bool answer_says(const char *line);

// A copy of `sdp` in which every `from`, of which there is one, became `to`; the last four copies
// are kept.
const char *sdp_with(const char *sdp, const char *from, const char *to);
// What is in a file, until the next one is read.
const char *sdp_file(const char *name);
// Reads it; fails with the line that cannot be read.
void sdp_read(struct sdp *sdp, const char *sdp_text);
