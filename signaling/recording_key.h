#pragma once
#include "signaling/control_inside.h"

// The row of a sealed recording, with its key: made for it alone, sealed by the key that wraps the
// records' keys. Who deletes the row has made the file unreadable for ever. Control thread.

#define RECORDING_ID_MAX   192 // the file's name without its ending
#define RECORDING_KEY_TEXT (2 * VAULT_KEY_LEN + 1)

// Makes the key (as text, to be wiped by the caller) and writes the row. ENOMEM, EAGAIN.
int recording_begun(struct control *control, const char *id,
                    const struct rooms_publication *publication, char key[RECORDING_KEY_TEXT]);
void recording_ended(struct control *control, const char *id);
// The key of a row. EBADMSG: it is not as it was saved, or sealed by another key.
int recording_key(const struct control *control, const char *id, const char *key_id,
                  const char *sealed, uint8_t key[VAULT_KEY_LEN]);
