#include "signaling/auth/audit.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

#include "gateway/base/writer.h"

#define BYTES_MAX (AUDIT_HASH_LEN + 16 + 4 * (AUDIT_TEXT_MAX + 2))

// Texts go in with their lengths, so that no two different entries give the same bytes.
static void write_text(struct writer *w, const char *text)
{
    size_t len = strnlen(text, AUDIT_TEXT_MAX);
    writer_u16(w, (uint16_t)len);
    writer_bytes(w, text, len);
}

static void digest(const struct audit_entry *entry, const uint8_t *before, uint8_t *hash)
{
    uint8_t bytes[BYTES_MAX];
    struct writer w = writer_of(bytes, sizeof(bytes));
    writer_bytes(&w, before, AUDIT_HASH_LEN);
    writer_u64(&w, (uint64_t)entry->n);
    writer_u64(&w, (uint64_t)entry->at_ms);
    write_text(&w, entry->actor);
    write_text(&w, entry->action);
    write_text(&w, entry->object);
    write_text(&w, entry->detail);
    SHA256(bytes, w.len, hash);
}

void audit_seal(struct audit_entry *entry, const uint8_t before[AUDIT_HASH_LEN])
{
    digest(entry, before, entry->hash);
}

int audit_next(struct audit_walk *walk, const struct audit_entry *entry)
{
    uint8_t hash[AUDIT_HASH_LEN];
    digest(entry, walk->hash, hash);
    if (entry->n != walk->n + 1 || CRYPTO_memcmp(hash, entry->hash, AUDIT_HASH_LEN) != 0)
        return EBADMSG;
    walk->n = entry->n;
    memcpy(walk->hash, hash, AUDIT_HASH_LEN);
    return 0;
}
