#pragma once
#include <stdint.h>

#include "signaling/auth/vault.h"

// Who comes again, without keeping who it is: a telephone number as an HMAC-SHA256 under a key that
// is derived from the one outside the database. Whoever has the database alone can neither read the
// number nor try out all numbers there are.

#define PERSON_HASH_MAX 65 // in hex, with its final zero

// EIO when the library refuses.
int person_hash(const uint8_t key[VAULT_KEY_LEN], const char *phone, char hash[PERSON_HASH_MAX]);
