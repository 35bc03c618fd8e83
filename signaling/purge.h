#pragma once
#include "signaling/control_inside.h"

// The retention job: every day, and when the operator asks, what is older than its class allows is
// deleted, and a certificate of it is written to data_dir/purges. Control thread.

struct purges;

// Begins the daily job, ten minutes after the start. ENOMEM.
int purges_alloc(struct purges **purgesp, struct control *control);
// After the store was drained. NULL is allowed.
void purges_free(struct purges *purges);
// banyanctl's: {"dry_run"} begins one and gives {"job":N}; {"job":N} gives {"done":false}, or the
// certificate.
json_t *control_purge(void *arg, const json_t *request, const char **error);
