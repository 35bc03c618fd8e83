#include "signaling/person.h"

#include "signaling/auth/person.h"

int person_save(struct store_batch *batch, const uint8_t key[VAULT_KEY_LEN],
                const struct consultation *row)
{
    char hash[PERSON_HASH_MAX];
    const struct store_value values[] = {{.text = row->id}, {.text = hash}};
    if (row->identity != CONSULT_IDENTITY_PHONE)
        return store_batch_write(batch, STORE_FORGET_PERSON, values, 1);
    int err = person_hash(key, consult_beside(row)->resident, hash);
    return err ? err : store_batch_write(batch, STORE_PUT_PERSON, values, 2);
}
