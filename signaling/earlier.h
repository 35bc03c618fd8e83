#pragma once
#include "signaling/control_inside.h"

// What lawyers wrote before for the resident of a meeting, for its lawyer, while the resident
// agrees (CONSULT_CONSENT_EARLIER). The same resident is who left the same telephone number:
// person.h.

// Is this the lawyer of that meeting, and is it agreed to now?
bool earlier_may(const struct control *control, const struct caller *caller, const char *meeting);

// Parts of the records' table (api/records.h).
void control_earlier(void *ops_arg, const struct caller *caller, const char *meeting,
                     people_result_h *done, void *arg);
void control_earlier_record(void *ops_arg, const struct caller *caller, const char *meeting,
                            const char *consultation, record_result_h *done, void *arg);
