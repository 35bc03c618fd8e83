#include "gateway/packet/opus.h"

#define DURATION_MAX 5760
#define COUNT_MASK   0x3f

// Ticks of one frame, by the upper five bits of the first byte (table 2).
static uint32_t frame_duration(uint8_t config)
{
    static const uint16_t silk[] = {480, 960, 1920, 2880}, celt[] = {120, 240, 480, 960};
    if (config < 12)
        return silk[config % 4];
    return config < 16 ? silk[config % 2] : celt[config % 4];
}

uint32_t opus_duration(const uint8_t *payload, size_t len)
{
    if (!len)
        return 0;
    unsigned code = payload[0] & 3, frames = code ? 2 : 1;
    if (code == 3)
        frames = len > 1 ? payload[1] & COUNT_MASK : 0;
    uint32_t all = frames * frame_duration(payload[0] >> 3);
    return all <= DURATION_MAX ? all : 0;
}
