#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The audit log as a chain: each entry's hash covers the one before, so a changed, removed or
// swapped entry shows.

#define AUDIT_HASH_LEN 32
#define AUDIT_TEXT_MAX 256

struct audit_entry {
    int64_t n; // 1, 2, 3...
    int64_t at_ms;
    char actor[AUDIT_TEXT_MAX];  // "lawyer:u-1", "booth:b-1", "system"
    char action[AUDIT_TEXT_MAX]; // "sign_in", "booth_enrol", "accept"
    char object[AUDIT_TEXT_MAX]; // what it was done to
    char detail[AUDIT_TEXT_MAX]; // ids and codes only, no content
    uint8_t hash[AUDIT_HASH_LEN];
};

// Who did it, as entries name him: "lawyer:u-1". What is too long is cut, here and below.
void audit_actor(char actor[AUDIT_TEXT_MAX], const char *kind, const char *id);

// An entry that is not yet in a chain; every text is copied. `at_ms`: wall clock.
struct audit_entry audit_entry_of(int64_t at_ms, const char *actor, const char *action,
                                  const char *object, const char *detail);

// Sets entry->hash from all its other members and the hash before (zeros before the first).
void audit_seal(struct audit_entry *entry, const uint8_t before[AUDIT_HASH_LEN]);

// Walks a chain entry by entry from the first.
struct audit_walk {
    int64_t n; // entries found whole so far
    uint8_t hash[AUDIT_HASH_LEN];
};

// 0 when `entry` is the right next one, EBADMSG when the chain is broken here.
int audit_next(struct audit_walk *walk, const struct audit_entry *entry);
