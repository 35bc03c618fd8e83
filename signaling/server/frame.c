#include "signaling/server/frame.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"

#define FIN    0x80
#define RSV    0x70
#define MASKED 0x80

static bool opcode_known(unsigned opcode)
{
    return opcode <= FRAME_BINARY || (opcode >= FRAME_CLOSE && opcode <= FRAME_PONG);
}

static int check_first(struct frame *frame)
{
    uint8_t first = frame->head[0], second = frame->head[1];
    unsigned opcode = first & 0xf;
    if ((first & RSV) || !opcode_known(opcode) || !(second & MASKED))
        return EPROTO;
    if ((opcode & 8) && (!(first & FIN) || (second & 0x7f) > FRAME_CONTROL_MAX))
        return EPROTO;
    if (!(opcode & 8) && (opcode == FRAME_CONTINUATION) != frame->message_open)
        return EPROTO;
    return 0;
}

static size_t head_len(const struct frame *frame)
{
    switch (frame->head[1] & 0x7f) {
    case 126:
        return 8;
    case 127:
        return 14;
    default:
        return 6;
    }
}

static int read_length(struct frame *frame)
{
    unsigned small = frame->head[1] & 0x7f;
    if (small < 126) {
        frame->left = small;
        return 0;
    }
    frame->left = small == 126 ? get_u16(frame->head + 2) : get_u64(frame->head + 2);
    uint64_t least = small == 126 ? 126 : 65536;
    return frame->left < least || frame->left >> 63 ? EPROTO : 0;
}

static int finish_head(struct frame *frame)
{
    int err = read_length(frame);
    if (err)
        return err;
    frame->opcode = frame->head[0] & 0xf;
    frame->final = frame->head[0] & FIN;
    if (!frame_is_control(frame))
        frame->message_open = !frame->final;
    memcpy(frame->mask, frame->head + frame->have - 4, 4);
    frame->mask_at = 0;
    frame->have = 0;
    frame->complete = true;
    return 0;
}

int frame_head(struct frame *frame, const uint8_t *bytes, size_t len, size_t *used)
{
    for (*used = 0; *used < len;) {
        frame->head[frame->have++] = bytes[(*used)++];
        if (frame->have == 2 && check_first(frame))
            return EPROTO;
        if (frame->have >= 2 && frame->have == head_len(frame))
            return finish_head(frame);
    }
    return EAGAIN;
}

size_t frame_payload(struct frame *frame, const uint8_t *bytes, size_t len, char *out)
{
    size_t n = len < frame->left ? len : (size_t)frame->left;
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(bytes[i] ^ frame->mask[frame->mask_at++ & 3]);
    frame->left -= n;
    return n;
}

size_t frame_write_head(uint8_t *head, enum frame_opcode opcode, size_t payload)
{
    head[0] = (uint8_t)(FIN | opcode);
    if (payload < 126) {
        head[1] = (uint8_t)payload;
        return 2;
    }
    if (payload < 65536) {
        head[1] = 126;
        put_u16(head + 2, (uint16_t)payload);
        return 4;
    }
    head[1] = 127;
    put_u32(head + 2, (uint32_t)((uint64_t)payload >> 32));
    put_u32(head + 6, (uint32_t)payload);
    return 10;
}

bool frame_close_code_valid(int code)
{
    if (code >= 3000 && code < 5000)
        return true;
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}
