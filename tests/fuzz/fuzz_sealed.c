#include "pipelines/sealed.h"

#include <errno.h>

#include "tests/fuzz/support/input.h"

// Any bytes as a sealed file: they are refused or not, but nothing is read beyond them. A file of
// our own, cut off or changed where the input says, gives back nothing but what was put in.

#define ABOUT "recording fuzz"

static const uint8_t key[SEALED_KEY_LEN] = {1};

static int read_from(struct sealed *sealed, const uint8_t *data, size_t size)
{
    static uint8_t plain[SEALED_CHUNK_MAX];
    size_t at = SEALED_HEAD_LEN, len;
    int err = size < at ? ESPIPE : sealed_open(sealed, key, ABOUT, data);
    while (!err && !sealed->ended) {
        if (size - at < SEALED_MARK_LEN)
            return ESPIPE;
        err = sealed_mark(data + at, &len);
        if (!err && size - at - SEALED_MARK_LEN < len)
            return ESPIPE;
        if (!err)
            err = sealed_open_chunk(sealed, data + at, data + at + SEALED_MARK_LEN, len, plain);
        for (size_t i = 0; !err && i < len - SEALED_TAG_LEN; i++)
            check(plain[i] == 'x');
        at += SEALED_MARK_LEN + (err ? 0 : len);
    }
    return err;
}

static size_t own_file(uint8_t *file, struct input *in)
{
    static uint8_t plain[256];
    struct sealed sealed;
    size_t at = SEALED_HEAD_LEN, chunks = 1 + input_number(in, 1) % 4;
    memset(plain, 'x', sizeof(plain));
    check(sealed_begin(&sealed, key, ABOUT) == 0);
    memcpy(file, sealed.head, SEALED_HEAD_LEN);
    for (size_t i = 0; i < chunks; i++) {
        size_t len = input_number(in, 1);
        check(sealed_chunk(&sealed, plain, len, i + 1 == chunks, file + at) == 0);
        at += SEALED_MARK_LEN + len + SEALED_TAG_LEN;
    }
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t file[4096];
    struct sealed sealed;
    read_from(&sealed, data, size);
    struct input in = {data, size};
    size_t len = own_file(file, &in);
    check(read_from(&sealed, file, len) == 0);
    size_t at = input_number(&in, 2) % len;
    uint8_t change = (uint8_t)input_number(&in, 1);
    file[at] ^= change;
    int err = read_from(&sealed, file, len);
    check(change ? err == EBADMSG || err == ESPIPE : err == 0);
    file[at] ^= change;
    check(read_from(&sealed, file, at) == ESPIPE);
    return 0;
}
