#pragma once
#include <stddef.h>
#include <stdint.h>

// base64url without padding (RFC 4648 section 5). Only the one canonical spelling is read.

#define BASE64URL_LEN(bytes) (((bytes)*4 + 2) / 3)

// `text` holds BASE64URL_LEN(len) + 1 bytes.
void base64url_write(const uint8_t *bytes, size_t len, char *text);
// EBADMSG for any other character, length or spelling, EMSGSIZE when it does not fit in `max`
// bytes.
int base64url_read(const char *text, uint8_t *bytes, size_t max, size_t *len);
