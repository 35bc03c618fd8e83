#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A piece of somebody else's text: not ended by a zero, valid as long as that text is. A zeroed
// slice is "absent"; an empty value that was present has p != NULL and len == 0.

struct slice {
    const char *p;
    size_t len;
};

// printf("%.*s", SLICE_ARG(s))
#define SLICE_ARG(s) (int)(s).len, (s).p ? (s).p : ""

// The slice of a whole C string; absent for NULL.
struct slice slice_of(const char *text);

// Byte for byte.
bool slice_is(struct slice s, const char *text);
bool slice_equal(struct slice a, struct slice b);
// Ignoring the case of A-Z.
bool slice_is_nocase(struct slice s, const char *text);

// Takes the part in front of the first `separator` off *rest and returns it; the whole rest,
// leaving *rest absent, when there is none. An absent *rest gives an absent slice, so a loop ends
// on `part.p == NULL`.
struct slice slice_cut(struct slice *rest, char separator);

// Takes the next word off *rest; words are parted by one or more spaces. Absent at the end.
struct slice slice_word(struct slice *rest);

// Without leading and trailing spaces and tabs.
struct slice slice_trim(struct slice s);

// The whole slice as a decimal number in min..max: digits only, no sign, no space. EINVAL when it
// is no number, EOVERFLOW when out of range. *value is set on success only.
int slice_number(struct slice s, uint64_t min, uint64_t max, uint64_t *value);

// Copies into `to` (`size` bytes) with a terminating zero. EMSGSIZE, with an empty string, when it
// does not fit.
int slice_copy(char *to, size_t size, struct slice s);
