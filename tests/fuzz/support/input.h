#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// What fuzz targets share: bytes of an input taken one after the other, and claims that must hold.

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void check(int ok)
{
    if (!ok)
        abort();
}

struct input {
    const uint8_t *at;
    size_t left;
};

// The next number of `bytes` bytes; what the input no longer has counts as zero.
static inline uint64_t input_number(struct input *in, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        value = value << 8 | (in->left ? *in->at : 0);
        in->at += in->left > 0;
        in->left -= in->left > 0;
    }
    return value;
}

// At most `max` bytes of the input; *len gets how many they are.
static inline const uint8_t *input_bytes(struct input *in, size_t max, size_t *len)
{
    const uint8_t *bytes = in->at;
    *len = max < in->left ? max : in->left;
    in->at += *len;
    in->left -= *len;
    return bytes;
}
