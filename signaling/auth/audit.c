#include "signaling/auth/audit.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/base/writer.h"

#define BYTES_MAX (AUDIT_HASH_LEN + 16 + 4 * (AUDIT_TEXT_MAX + 2))

void audit_actor(char actor[AUDIT_TEXT_MAX], const char *kind, const char *id)
{
    snprintf(actor, AUDIT_TEXT_MAX, "%s:%s", kind, id);
}

struct audit_entry audit_entry_of(int64_t at_ms, const char *actor, const char *action,
                                  const char *object, const char *detail)
{
    struct audit_entry entry = {.at_ms = at_ms};
    text_copy(entry.actor, sizeof(entry.actor), actor);
    text_copy(entry.action, sizeof(entry.action), action);
    text_copy(entry.object, sizeof(entry.object), object);
    text_copy(entry.detail, sizeof(entry.detail), detail);
    return entry;
}

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
