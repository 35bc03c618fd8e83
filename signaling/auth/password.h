#pragma once

// Passwords as scrypt (RFC 7914, N=2^15 r=8 p=1: 32 MiB and about 0.1 s each). Slow on purpose:
// call them on the work thread.

#define PASSWORD_MAX         256 // bytes of a password, longer ones are refused
#define PASSWORD_ENCODED_MAX 128

// Writes "scrypt$15$8$1$SALT$HASH" (hex) with a fresh salt. EINVAL for "" or too long, ENOMEM.
int password_hash(const char *password, char encoded[PASSWORD_ENCODED_MAX]);
// The same, 32 times as quick (N=2^10), for what random_text() drew, twelve letters at least:
// nobody guesses that, however quick a guess is.
int password_hash_drawn(const char *password, char encoded[PASSWORD_ENCODED_MAX]);

// 0 when right; EACCES when wrong; EINVAL when `encoded` is none of ours; ENOMEM. With `encoded`
// NULL (no such user) it takes as long as a real check and says EACCES.
int password_check(const char *password, const char *encoded);
