#pragma once
#include <stddef.h>
#include <stdint.h>

// How large the pictures are that a sequence parameter set announces: H.264 section 7.3.2.1. Any
// thread.

// `sps`: the NAL unit, with its header byte. EBADMSG when it is cut off or makes no sense;
// EOVERFLOW for pictures larger than 65535.
int h264_sps_size(const uint8_t *sps, size_t len, uint16_t *width, uint16_t *height);
