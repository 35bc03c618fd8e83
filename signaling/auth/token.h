#pragma once
#include <stdbool.h>
#include <stdint.h>

// Signed tokens that need no row: base64url of a compact payload and its HMAC-SHA256.

#define TOKEN_SECRET_LEN 32
#define TOKEN_TEXT_MAX   320
#define TOKEN_ID_MAX     40
#define TOKEN_ROOM_MAX   64

enum token_purpose {
    TOKEN_ROOM = 1, // media: WHIP and WHEP in rooms that match `room`
    TOKEN_BOOTH,    // an enrolled booth's device; `generation` revokes it
    TOKEN_MEMBER,   // an elder's page opened by a personal link
    TOKEN_GUEST,    // a third party's page, by his link
    TOKEN_PURPOSES
};

enum token_right {
    TOKEN_PUBLISH = 1,
    TOKEN_VIEW = 2,
};

struct token {
    enum token_purpose purpose;
    char subject[TOKEN_ID_MAX]; // booth, member, lawyer, or "" for nobody in particular
    char room[TOKEN_ROOM_MAX];  // glob with * and ?; "" for other purposes
    unsigned rights;            // bits of enum token_right
    uint32_t generation;
    int64_t expires_at_ms; // 0: never (booth devices, which end by generation)
};

// EINVAL for a purpose, right or text out of range.
int token_make(const uint8_t secret[TOKEN_SECRET_LEN], const struct token *token,
               char text[TOKEN_TEXT_MAX]);

// 0 with *token filled; EBADMSG for anything we did not sign (also NULL), EPROTO for another
// purpose, ETIMEDOUT when expired. The signature is compared in constant time.
int token_check(const uint8_t secret[TOKEN_SECRET_LEN], const char *text,
                enum token_purpose purpose, int64_t now_ms, struct token *token);

// May the holder use this right in this room?
bool token_allows(const struct token *token, const char *room, enum token_right right);
