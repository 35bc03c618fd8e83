#pragma once
#include <stddef.h>
#include <stdint.h>

// How long an Opus packet sounds, in ticks of its RTP clock (48 kHz): RFC 6716 section 3.1. 0 for
// one that is malformed or sounds longer than the 120 ms there may be. Any thread.
uint32_t opus_duration(const uint8_t *payload, size_t len);
