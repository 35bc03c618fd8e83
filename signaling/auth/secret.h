#pragma once
#include <stddef.h>
#include <stdint.h>

// Random secrets that a person or browser holds and we only keep hashed: session ids, personal
// links, enrolment codes.

#define SECRET_TEXT_MAX   44 // session id or link: 43 characters (256 bits) and a zero
#define SECRET_CODE_MAX   7  // enrolment code: six digits and a zero
#define SECRET_HASH_MAX   65 // SHA-256 in hex and a zero
#define SECRET_LINK_CHARS 22 // 130 bits: short enough for a printed QR code

void secret_session(char text[SECRET_TEXT_MAX]);
void secret_link(char text[SECRET_TEXT_MAX]);
void secret_code(char code[SECRET_CODE_MAX]);
// What is stored. Any text.
void secret_hash(const char *text, char hash[SECRET_HASH_MAX]);

// Reads the server's secret of `len` bytes from a file, or makes it (mode 0600) when there is none.
// EBADMSG when the file has another length, EPERM when others may read it; otherwise errno.
int secret_file(const char *path, uint8_t *bytes, size_t len);
