#pragma once
#include <stddef.h>
#include <stdint.h>

// The second factor: one-time passwords by the clock (RFC 6238 with SHA-1, six digits, 30 s), as
// every authenticator app makes them. Pure; `now_ms` is wall clock.

#define TOTP_SECRET_LEN 20
#define TOTP_KEY_MAX    33 // the secret in base32 (RFC 4648 section 6) and a zero
#define TOTP_CODE_MAX   7
#define TOTP_STEP_MS    30000

// The code of the step that begins at step * TOTP_STEP_MS.
void totp_code(const uint8_t secret[TOTP_SECRET_LEN], int64_t step, char code[TOTP_CODE_MAX]);

// Is `code` right now, one step earlier or one later, and of a step after `last_step` (a code is
// good once)? 0 and the step to be remembered; EACCES when not.
int totp_check(const uint8_t secret[TOTP_SECRET_LEN], const char *code, int64_t now_ms,
               int64_t last_step, int64_t *step);

// What a person types who cannot scan.
void totp_key(const uint8_t secret[TOTP_SECRET_LEN], char key[TOTP_KEY_MAX]);
