#pragma once
#include "pipelines/supervisor.h"

// Completes the recordings that an earlier run left open: one after another, so that a start after
// a power cut does not load the machine. Control thread only.

struct leftovers;

// Lists every ".mkv.part" in `dir` (absolute) and begins with the first one. A directory that is
// not there has none. ENOMEM, or errno of the directory.
int leftovers_alloc(struct leftovers **leftoversp, struct supervisor *supervisor, const char *dir);
// After the supervisor's end, or after leftovers_stop() and the last pipeline's.
void leftovers_free(struct leftovers *leftovers);

// The one that is being completed is the last; the others wait for the next start.
void leftovers_stop(struct leftovers *leftovers);
