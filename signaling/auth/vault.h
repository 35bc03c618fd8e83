#pragma once
#include <stddef.h>
#include <stdint.h>

// AES-256-GCM for what is kept at rest. `about` says what the bytes are and whose (the associated
// data): sealed bytes that are moved to another place do not open there. Any thread.

#define VAULT_KEY_LEN 32
#define VAULT_EXTRA   28 // a random nonce before, a tag behind

// `sealed` has room for len + VAULT_EXTRA bytes. EIO when the library refuses.
int vault_seal(const uint8_t key[VAULT_KEY_LEN], const char *about, const void *plain, size_t len,
               uint8_t *sealed);
// `plain` has room for len - VAULT_EXTRA bytes. EBADMSG: another key, another `about`, or changed.
int vault_open(const uint8_t key[VAULT_KEY_LEN], const char *about, const uint8_t *sealed,
               size_t len, void *plain);
