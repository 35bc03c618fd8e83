#pragma once
#include <stdbool.h>
#include <stddef.h>

// Small text helpers.

// Copies at most size - 1 bytes and always ends with a zero; false when `from` was cut.
bool text_copy(char *to, size_t size, const char *from);
// Is `text` (len bytes) valid UTF-8 without surrogates and overlong forms?
bool text_is_utf8(const char *text, size_t len);
// Does `name` match `glob` with * and ? (nothing else)?
bool text_glob(const char *glob, const char *name);
// Whole text as a decimal number in min..max; EINVAL or ERANGE.
int text_number(const char *text, long min, long max, long *value);
// Lower-case hex of `len` bytes into `hex` (2 * len + 1 bytes).
void text_hex(const void *bytes, size_t len, char *hex);
// `hex` of exactly 2 * len digits back into `len` bytes. EINVAL.
int text_unhex(const char *hex, void *bytes, size_t len);
