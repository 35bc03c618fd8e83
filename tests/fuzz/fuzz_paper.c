#include "signaling/paper/paper.h"

#include <errno.h>

#include "signaling/paper/speech.h"
#include "tests/fuzz/support/input.h"

// A file that is given in a consultation (the first byte says as what), and its name; or a sentence
// that was spoken at a desk.

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct paper_size pixels;
    const char *why = NULL;
    char name[64] = "";
    size_t len;
    enum paper_type type = (enum paper_type)(input_number(&in, 1) % PAPER_TYPES);
    int err = paper_check(type, in.at, in.left, &pixels, &why);
    check((err == 0 && !why) || ((err == EBADMSG || err == EFBIG) && why));
    if (!err && type != PAPER_PDF) {
        check(pixels.width && pixels.width <= PAPER_SIDE_MAX);
        check(pixels.height && pixels.height <= PAPER_SIDE_MAX);
        check((uint64_t)pixels.width * pixels.height <= PAPER_PIXELS_MAX);
    }
    err = speech_check(in.at, in.left, &why);
    check((err == 0 && !why) || ((err == EBADMSG || err == EFBIG) && why));
    const uint8_t *bytes = input_bytes(&in, sizeof(name) - 1, &len);
    memcpy(name, bytes, len);
    if (paper_is_name(name))
        check(*name && !strpbrk(name, "/\\\"<>\r\n"));
    return 0;
}
