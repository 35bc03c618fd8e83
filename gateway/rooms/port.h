#pragma once

// The plain RTP end between a room and a pipeline process: an AF_UNIX SOCK_SEQPACKET socket pair.
// One datagram is one RTP or RTCP packet (RFC 3550), not encrypted, at most PORT_PACKET_MAX bytes.
// RTP and RTCP share the socket (RFC 5761). End of file means the other side is gone.
//
// Into the room (a source): the pipeline sends RTP of one video and/or one audio track, told apart
// by payload type, any SSRC, and an RTCP sender report a track at least every 2 s; the room sends
// RTCP PLI (RFC 4585) when somebody needs a keyframe. The codec is what the control message "ready"
// said.
//
// Out of the room (a sink): the room sends RTP of the publication's video and audio with these
// payload types and steady SSRCs, sequence numbers without gaps of its own making, and sender
// reports; the pipeline sends RTCP PLI when it needs a keyframe, and generic NACK for lost ones.

#define PORT_PT_VIDEO   96
#define PORT_PT_AUDIO   111
#define PORT_SSRC_VIDEO 0x76696465u // "vide"
#define PORT_SSRC_AUDIO 0x61756469u // "audi"
#define PORT_PACKET_MAX 1500
