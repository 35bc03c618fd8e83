#pragma once
#include <stdint.h>

// Short-lived TURN credentials as coturn checks them (its REST scheme): the user name carries the
// time it ends, the password is a signature of it with a secret that only gateway and TURN server
// know.

#define TURN_USER_MAX     96
#define TURN_PASSWORD_MAX 32 // base64 of 20 bytes and a zero
#define TURN_NAME_MAX     17 // 16 hex digits and a zero

struct turn_credential {
    char user[TURN_USER_MAX]; // "<seconds since 1970>:<id>"
    char password[TURN_PASSWORD_MAX];
};

// EINVAL when `id` is too long, EPROTO when OpenSSL fails.
int turn_credential_make(const char *secret, const char *id, int64_t expires_at_s,
                         struct turn_credential *credential);

// What the TURN server knows a person by: always the same for one person, so that it can count what
// one has, and nothing that tells who it is, since user names cross the network in clear. EPROTO
// when OpenSSL fails.
int turn_name_make(const char *secret, const char *person, char name[TURN_NAME_MAX]);
