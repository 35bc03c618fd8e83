#pragma once
#include <stdint.h>

#include "signaling/auth/audit.h"

// What an operator does to a database from outside, beside a running gateway or without one: look
// whether it is whole, and copy it. Nothing here changes the database. Each call opens it for
// itself; any thread that may block.

// Walks the audit chain. *entries were found whole. 0, EBADMSG when the entry behind them is not
// the right next one, EINVAL for a url of no known kind, ENOENT when there is no such database.
int store_audit_check(const char *url, int64_t *entries);

// The hash of entry `n` of the chain, of the last one when `n` is 0; *entries is then its number.
// ENOENT when there is none. Other errors as above.
int store_audit_at(const char *url, int64_t n, int64_t *entries, uint8_t hash[AUDIT_HASH_LEN]);

// Is the whole database sound: its pages, its references between rows, its audit chain? EBADMSG
// when it is not; *entries as above. Other errors as above.
int store_check(const char *url, int64_t *entries);

// Writes a consistent copy of it to a new file `to`, readable by its owner alone and on the disk
// when this returns, while the gateway goes on. EEXIST when `to` is there, EBUSY when it could not
// be had within a minute. On an error there is no `to`.
int store_copy(const char *url, const char *to);
