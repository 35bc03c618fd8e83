#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "signaling/auth/audit.h"

// The end of the audit log, to be kept somewhere else: whoever later cuts entries off the log, or
// writes all of it anew, cannot give the same head again. Signed by Ed25519 (RFC 8032), so that it
// is known which machine said so.

#define AUDIT_KEY_LEN       32 // the private seed, and the public key
#define AUDIT_SIGNATURE_LEN 64

struct audit_head {
    int64_t n; // entries
    int64_t at_ms;
    uint8_t hash[AUDIT_HASH_LEN];
    uint8_t key[AUDIT_KEY_LEN]; // public
    uint8_t signature[AUDIT_SIGNATURE_LEN];
};

// Fills in key and signature over all else. EPROTO: the library failed. Any thread.
int audit_head_sign(const uint8_t seed[AUDIT_KEY_LEN], struct audit_head *head);
// Is it the signature of its key?
bool audit_head_check(const struct audit_head *head);
