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
// The same as text, for a database's or a JSON's text: VAULT_TEXT(len) bytes with the final zero.
// At most VAULT_TEXT_PLAIN bytes. EINVAL when there are more.
#define VAULT_TEXT_PLAIN 256
#define VAULT_TEXT(len)  (((len) + VAULT_EXTRA + 2) / 3 * 4 + 1)
int vault_seal_text(const uint8_t key[VAULT_KEY_LEN], const char *about, const void *plain,
                    size_t len, char *text);
// `plain` has room for `size` bytes; *len gets how many they are. EBADMSG.
int vault_open_text(const uint8_t key[VAULT_KEY_LEN], const char *about, const char *text,
                    void *plain, size_t size, size_t *len);
// `plain` has room for len - VAULT_EXTRA bytes. EBADMSG: another key, another `about`, or changed.
int vault_open(const uint8_t key[VAULT_KEY_LEN], const char *about, const uint8_t *sealed,
               size_t len, void *plain);
