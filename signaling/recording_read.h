#pragma once
#include "signaling/control_inside.h"

// Sealed recordings are listed for the lawyer of the consultation (who watches them by viewing.h),
// and opened by the operator who breaks the glass. Each opening is in the audit log before a byte
// is given. Control thread.

// Notes an opening of `object`. Errors of store_commit().
int recording_note(struct control *control, const char *actor, const char *object,
                   const char *reason, store_done_h *done, void *arg);
// The key of a row of STORE_RECORDING or STORE_RECORDINGS. As recording_key().
int recording_row_key(const struct control *control, const json_t *row, uint8_t key[VAULT_KEY_LEN]);

// api's: see struct record_ops.
void control_recordings(void *ops_arg, const struct caller *caller, const char *consultation,
                        people_result_h *done, void *arg);
// banyanctl's: {"id","reason"} begins and gives {"job":N}; {"job":N} gives {"done":false}, or once
// {"done":true,"file","about","key"}.
json_t *control_break_glass(void *arg, const json_t *request, const char **error);
