#pragma once
#include <stddef.h>

// This side's part of an offer or an answer by full ICE, on its way from the agent thread to a
// shard. Messages carry it.

#define LINE_CANDIDATES_MAX 16
#define LINE_CANDIDATE_MAX  192
#define LINE_UFRAG_MAX      257 // with the zero; as RFC 8839 allows

struct line_local {
    int fd; // the shard's end of the line; -1: taken
    char ufrag[LINE_UFRAG_MAX], pwd[LINE_UFRAG_MAX];
    size_t count;
    char candidate[LINE_CANDIDATES_MAX][LINE_CANDIDATE_MAX]; // "candidate:1 1 UDP ..."
};

// Closes a descriptor nobody took. NULL is allowed.
void line_local_free(struct line_local *local);
