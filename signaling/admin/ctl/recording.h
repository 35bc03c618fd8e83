#pragma once
#include <jansson.h>

// Writes what the gateway's command "recording" has given the key of to `to`, a new file, in clear.
// The exit code; what is wrong is told on standard error.
int recording_open(const json_t *given, const char *to);
