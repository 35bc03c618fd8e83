#pragma once
#include <stddef.h>
#include <stdint.h>

// A sentence that somebody has spoken into a browser: WebM (RFC 9559's subset) with one track of
// Opus, as MediaRecorder makes it. Read strictly, nothing is decoded. Pure.

#define SPEECH_BYTES_MAX 500000
#define SPEECH_MS_MAX    60000

// 0; EFBIG: more bytes or longer than that; EBADMSG: no such file, not whole, or with something
// else in it. `why` (English, static) says what is wrong.
int speech_check(const uint8_t *bytes, size_t len, const char **why);
