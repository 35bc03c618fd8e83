#pragma once
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/writer.h"

// EBML (RFC 8794) and the elements of Matroska (RFC 9559) that a recording is made of.

enum ebml_id {
    EBML_HEAD = 0x1A45DFA3,
    EBML_VERSION = 0x4286,
    EBML_READ_VERSION = 0x42F7,
    EBML_MAX_ID = 0x42F2,
    EBML_MAX_SIZE = 0x42F3,
    EBML_DOC_TYPE = 0x4282,
    EBML_DOC_VERSION = 0x4287,
    EBML_DOC_READ_VERSION = 0x4285,
    EBML_SEGMENT = 0x18538067,
    EBML_SEEK_HEAD = 0x114D9B74,
    EBML_SEEK = 0x4DBB,
    EBML_SEEK_ID = 0x53AB,
    EBML_SEEK_POSITION = 0x53AC,
    EBML_INFO = 0x1549A966,
    EBML_SCALE = 0x2AD7B1,
    EBML_DURATION = 0x4489,
    EBML_DATE = 0x4461, // nanoseconds since 2001
    EBML_MUXER = 0x4D80,
    EBML_WRITER = 0x5741,
    EBML_TRACKS = 0x1654AE6B,
    EBML_TRACK = 0xAE,
    EBML_TRACK_NUMBER = 0xD7,
    EBML_TRACK_UID = 0x73C5,
    EBML_TRACK_TYPE = 0x83,
    EBML_LACING = 0x9C,
    EBML_CODEC = 0x86,
    EBML_CODEC_PRIVATE = 0x63A2,
    EBML_SEEK_PRE_ROLL = 0x56BB,
    EBML_VIDEO = 0xE0,
    EBML_WIDTH = 0xB0,
    EBML_HEIGHT = 0xBA,
    EBML_AUDIO = 0xE1,
    EBML_SAMPLE_RATE = 0xB5,
    EBML_CHANNELS = 0x9F,
    EBML_CLUSTER = 0x1F43B675,
    EBML_TIME = 0xE7,
    EBML_BLOCK = 0xA3, // SimpleBlock
    EBML_CUES = 0x1C53BB6B,
    EBML_CUE = 0xBB,
    EBML_CUE_TIME = 0xB3,
    EBML_CUE_PLACE = 0xB7,
    EBML_CUE_TRACK = 0xF7,
    EBML_CUE_CLUSTER = 0xF1,
};

#define EBML_SIZE_UNKNOWN  UINT64_C(0x00FFFFFFFFFFFFFF)
#define EBML_SIZE_MAX      ((uint64_t)0x0FFFFFFF) // of four bytes, as everything but a master uses
#define EBML_BLOCK_HEAD    4                      // track, relative time, flags
#define EBML_BLOCK_KEY     0x80
#define EBML_BLOCK_CLUSTER 30000 // a block's time is at most this far into its cluster

void ebml_id(struct writer *w, enum ebml_id id);
// A size in four bytes, at most EBML_SIZE_MAX.
void ebml_size(struct writer *w, size_t size);
// A size in eight bytes, or EBML_SIZE_UNKNOWN.
void ebml_size_long(struct writer *w, uint64_t size);

void ebml_uint(struct writer *w, enum ebml_id id, uint64_t value);  // eight bytes
void ebml_short(struct writer *w, enum ebml_id id, uint16_t value); // two bytes
void ebml_float(struct writer *w, enum ebml_id id, double value);
void ebml_text(struct writer *w, enum ebml_id id, const char *text);
void ebml_bytes(struct writer *w, enum ebml_id id, const void *bytes, size_t len);

// A master element: begin returns the mark that end needs.
size_t ebml_begin(struct writer *w, enum ebml_id id);
void ebml_end(struct writer *w, size_t mark);

// The head of an element. *sizep may be EBML_SIZE_UNKNOWN. Returns the bytes of the head, 0 when
// `len` bytes do not hold a whole head (12 always do).
size_t ebml_head(const uint8_t *data, size_t len, uint32_t *idp, uint64_t *sizep);

// The head of a document: "webm" or "matroska".
void ebml_doc(struct writer *w, const char *type);
