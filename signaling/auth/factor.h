#pragma once
#include <stddef.h>
#include <stdint.h>

#include "signaling/auth/token.h"
#include "signaling/auth/totp.h"

// The secret of somebody's second factor, sealed (AES-256-GCM) with a key that is not in the
// database: in a row, and on its way to the page that enrols it and back. `whose` is bound in, so
// that a sealed secret is good for one person and one purpose only.

#define FACTOR_SEALED_MAX 96 // base64url of nonce, expiry, secret and tag, and a zero

// ENOMEM, EIO. `good_until_ms` 0: for ever.
int factor_seal(const uint8_t key[TOKEN_SECRET_LEN], const char *whose, int64_t good_until_ms,
                const uint8_t secret[TOTP_SECRET_LEN], char sealed[FACTOR_SEALED_MAX]);
// EBADMSG when it is not one of ours for `whose`, ETIMEDOUT when it is too old.
int factor_open(const uint8_t key[TOKEN_SECRET_LEN], const char *whose, int64_t now_ms,
                const char *sealed, uint8_t secret[TOTP_SECRET_LEN]);
