#pragma once
#include "signaling/auth/vault.h"
#include "signaling/store/store.h"

// Whose consultation it is, as a hash that only tells whether somebody comes again (auth/person.h).
// Control thread.

// Writes it for who has left a telephone number, and forgets it for who has not. `row` is open.
int person_save(struct store_batch *batch, const uint8_t key[VAULT_KEY_LEN],
                const struct consultation *row);
