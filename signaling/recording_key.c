#include "signaling/recording_key.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"

#define ABOUT_MAX (RECORDING_ID_MAX + 16)

_Static_assert(RECORDING_ID_MAX > ROOMS_NAME_MAX + ROOMS_ID_MAX + 32, "a name fits");

static void about_key(const char *id, char about[ABOUT_MAX])
{
    snprintf(about, ABOUT_MAX, "recording key %s", id);
}

static void noted(void *arg, int err, int64_t first_event)
{
    (void)arg, (void)first_event;
    if (err)
        log_error("recording", "a recording's row was not saved: it will not be readable: %s",
                  strerror(err));
}

static int write_row(struct control *control, enum store_write write,
                     const struct store_value *values, size_t count)
{
    struct store_batch *batch = NULL;
    int err = store_batch_alloc(&batch);
    if (!err)
        err = store_batch_write(batch, write, values, count);
    if (err) {
        store_batch_free(batch);
        return err;
    }
    return store_commit(control->store, batch, noted, NULL);
}

int recording_begun(struct control *control, const char *id,
                    const struct rooms_publication *publication, char key[RECORDING_KEY_TEXT])
{
    uint8_t bytes[VAULT_KEY_LEN];
    char about[ABOUT_MAX], sealed[VAULT_TEXT(VAULT_KEY_LEN)];
    random_bytes(bytes, sizeof(bytes));
    about_key(id, about);
    int err = vault_seal_text(control->record_key, about, bytes, sizeof(bytes), sealed);
    const struct store_value row[] = {
        {.text = id},     {.text = publication->room},      {.text = publication->participant},
        {.text = sealed}, {.text = control->record_key_id}, {.number = clock_wall_ms()}};
    if (!err)
        err = write_row(control, STORE_ADD_RECORDING, row, 6);
    text_hex(bytes, sizeof(bytes), key);
    OPENSSL_cleanse(bytes, sizeof(bytes));
    return err;
}

void recording_ended(struct control *control, const char *id)
{
    const struct store_value row[] = {{.number = clock_wall_ms()}, {.text = id}};
    int err = write_row(control, STORE_END_RECORDING, row, 2);
    if (err)
        log_warn("recording", "the end of %s is not noted: %s", id, strerror(err));
}

int recording_key(const struct control *control, const char *id, const char *key_id,
                  const char *sealed, uint8_t key[VAULT_KEY_LEN])
{
    char about[ABOUT_MAX];
    size_t len = 0;
    if (strcmp(key_id, control->record_key_id) != 0)
        return EBADMSG;
    about_key(id, about);
    int err = vault_open_text(control->record_key, about, sealed, key, VAULT_KEY_LEN, &len);
    return err || len == VAULT_KEY_LEN ? err : EBADMSG;
}
