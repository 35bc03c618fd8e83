#include "signaling/auth/totp.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/writer.h"

#define SKEW 1 // steps a clock may be wrong

void totp_code(const uint8_t secret[TOTP_SECRET_LEN], int64_t step, char code[TOTP_CODE_MAX])
{
    uint8_t counter[8], mac[EVP_MAX_MD_SIZE] = {0};
    struct writer w = writer_of(counter, sizeof(counter));
    writer_u64(&w, (uint64_t)step);
    HMAC(EVP_sha1(), secret, TOTP_SECRET_LEN, counter, sizeof(counter), mac, NULL);
    const uint8_t *at = mac + (mac[19] & 15); // RFC 4226 section 5.3
    uint32_t number = (at[0] & 0x7fu) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    snprintf(code, TOTP_CODE_MAX, "%06u", number % 1000000);
}

int totp_check(const uint8_t secret[TOTP_SECRET_LEN], const char *code, int64_t now_ms,
               int64_t last_step, int64_t *step)
{
    int64_t now = now_ms / TOTP_STEP_MS;
    char right[TOTP_CODE_MAX];
    if (strlen(code) != TOTP_CODE_MAX - 1)
        return EACCES;
    for (int64_t at = now - SKEW; at <= now + SKEW; at++) {
        totp_code(secret, at, right);
        if (at > last_step && CRYPTO_memcmp(right, code, TOTP_CODE_MAX) == 0) {
            *step = at;
            return 0;
        }
    }
    return EACCES;
}

void totp_key(const uint8_t secret[TOTP_SECRET_LEN], char key[TOTP_KEY_MAX])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (size_t i = 0; i < TOTP_KEY_MAX - 1; i++) {
        size_t bit = i * 5, byte = bit / 8;
        unsigned pair = (unsigned)secret[byte] << 8;
        if (byte + 1 < TOTP_SECRET_LEN)
            pair |= secret[byte + 1];
        key[i] = letters[pair >> (11 - bit % 8) & 31];
    }
    key[TOTP_KEY_MAX - 1] = 0;
}
