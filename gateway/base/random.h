#pragma once
#include <stddef.h>
#include <stdint.h>

// From the kernel's generator; aborts if the kernel has none (then nothing here can be secret).
// Any thread.

void random_bytes(void *bytes, size_t len);
uint32_t random_u32(void);
uint64_t random_u64(void);

// `len` characters of A-Z a-z 0-9 (5.95 bits each) and a zero: `text` holds len + 1 bytes.
void random_text(char *text, size_t len);
