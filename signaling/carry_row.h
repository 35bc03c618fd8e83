#pragma once
#include "signaling/consult/consult.h"
#include "signaling/store/store.h"

// The row of one of the clinic's effects goes into the batch, and beside it an entry of the audit
// log: who did what, by ids and states, no content. Not for effects that only tell or touch media:
// EINVAL. Control thread.
int carry_row(struct store_batch *batch, const struct consult *consult,
              const struct consult_command *command, const struct consult_effect *effect);
