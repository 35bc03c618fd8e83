#pragma once
#include "signaling/control_inside.h"

// Sealed recordings are opened: for the lawyer of the consultation, piece by piece, and for the
// operator who breaks the glass. Each opening is in the audit log before a byte is given. Control
// thread; files are read on a work thread.

// api's: see struct record_ops.
void control_recordings(void *ops_arg, const struct caller *caller, const char *consultation,
                        people_result_h *done, void *arg);
void control_recording_piece(void *ops_arg, const struct recording_request *request,
                             recording_piece_h *done, void *arg);
// banyanctl's: {"id","reason"} begins and gives {"job":N}; {"job":N} gives {"done":false}, or once
// {"done":true,"file","about","key"}.
json_t *control_break_glass(void *arg, const json_t *request, const char **error);
