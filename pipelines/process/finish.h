#pragma once
#include "pipelines/process/control.h"

// Completes recordings and tells the gateway: a "done" event a file, "alive" now and then
// meanwhile.

// One file. 0 also when it held nothing and was removed.
int finish_one(struct control *control, const char *part);
// All open files of the recording "/dir/name.mkv", those of crashed processes too.
int finish_all(struct control *control, const char *base);
