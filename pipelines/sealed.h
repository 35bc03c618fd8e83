#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A file that never lies on the disk in clear: chunks of AES-256-GCM behind a short head, written
// in one direction, readable up to its last whole chunk however it was cut off.
//
//   head   "BANYAN" 0x01 0x00, 8 random bytes (nonce)                                  16 bytes
//   chunk  big-endian u32: bit 31 = the last chunk, bits 0-30 = length of the plain text
//          the encrypted text, then a tag of 16 bytes
//
// Chunk n (from 0) is sealed with the nonce of the head and n as big-endian u32 behind it; the
// head, the chunk's first four bytes and `about` (what the file is and whose) are associated data:
// chunks cannot be left out, changed, swapped or moved to another file unnoticed. A file without a
// last chunk was cut off (or is being written). Any thread, one at a time for each struct.

#define SEALED_KEY_LEN   32
#define SEALED_HEAD_LEN  16
#define SEALED_MARK_LEN  4
#define SEALED_TAG_LEN   16
#define SEALED_CHUNK_MAX 65536 // bytes of plain text in one chunk
#define SEALED_ABOUT_MAX 256

struct sealed {
    uint8_t key[SEALED_KEY_LEN];
    uint8_t head[SEALED_HEAD_LEN];
    char about[SEALED_ABOUT_MAX];
    uint32_t chunk; // the next one's number
    bool ended;     // the last chunk was sealed or opened
};

// Begins a file: fills `sealed->head`, which is to be written first. EINVAL: `about` is too long.
int sealed_begin(struct sealed *sealed, const uint8_t key[SEALED_KEY_LEN], const char *about);
// Seals `len` bytes (0 to SEALED_CHUNK_MAX) as the next chunk. `to` has room for len +
// SEALED_MARK_LEN + SEALED_TAG_LEN bytes. EINVAL after the last one, EFBIG when there are too many
// chunks, EIO when the library refuses.
int sealed_chunk(struct sealed *sealed, const void *plain, size_t len, bool last, uint8_t *to);

// Begins reading. EBADMSG: not a file of this kind.
int sealed_open(struct sealed *sealed, const uint8_t key[SEALED_KEY_LEN], const char *about,
                const uint8_t head[SEALED_HEAD_LEN]);
// How many bytes follow the mark of a chunk, its tag included. EBADMSG: no chunk is so long.
int sealed_mark(const uint8_t mark[SEALED_MARK_LEN], size_t *len);
// Opens the next chunk: `bytes` are those behind its mark, `plain` has room for len -
// SEALED_TAG_LEN. EBADMSG: another key, another `about`, changed, or out of order.
int sealed_open_chunk(struct sealed *sealed, const uint8_t mark[SEALED_MARK_LEN],
                      const uint8_t *bytes, size_t len, uint8_t *plain);
// The next chunk from `fd` into `plain` (SEALED_CHUNK_MAX bytes). ENODATA after the last one;
// ESPIPE when the file was cut off here: all before is whole; EBADMSG as above; what read said.
int sealed_read(struct sealed *sealed, int fd, uint8_t *plain, size_t *len);

// Forgets the key.
void sealed_wipe(struct sealed *sealed);
