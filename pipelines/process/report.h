#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/packet/rtcp.h"

// What a pipeline says and hears in RTCP, as whole packets.

#define REPORT_MAX      96
#define REPORT_OWN_SSRC 0x70697065u // "pipe": the sender of our feedback

// A sender report and the CNAME that ties this pipeline's tracks together. Returns the length.
size_t report_write_sender(uint8_t packet[REPORT_MAX], const struct rtcp_sr *sender);
// Picture loss indication about `ssrc`.
size_t report_write_pli(uint8_t packet[REPORT_MAX], uint32_t ssrc);
// Generic NACK for one sequence number of `ssrc`.
size_t report_write_nack(uint8_t packet[REPORT_MAX], uint32_t ssrc, uint16_t seq);

// Does this compound packet ask for a keyframe (PLI or FIR)?
bool report_wants_keyframe(const uint8_t *packet, size_t len);
// The first sender report in a compound packet. ENOENT when there is none.
int report_read_sender(const uint8_t *packet, size_t len, struct rtcp_sr *sender);

// Wall clock in microseconds since 1970 as an NTP time (RFC 3550 section 4), and back.
uint64_t report_ntp_from_us(int64_t wall_us);
int64_t report_ntp_to_us(uint64_t ntp);
