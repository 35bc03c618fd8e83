#include "signaling/auth/token.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/base/writer.h"
#include "signaling/auth/base64url.h"

// Bytes: version, purpose, rights, generation (4), expiry (8), length and subject, length and room,
// then the HMAC over all before it.
#define VERSION   1
#define HEAD_LEN  15
#define MAC_LEN   32
#define BYTES_MAX (HEAD_LEN + 2 + TOKEN_ID_MAX + TOKEN_ROOM_MAX + MAC_LEN)

_Static_assert(BASE64URL_LEN(BYTES_MAX) < TOKEN_TEXT_MAX, "a token fits its text");

static void sign(const uint8_t *secret, const uint8_t *bytes, size_t len, uint8_t mac[MAC_LEN])
{
    unsigned mac_len = MAC_LEN;
    memset(mac, 0, MAC_LEN);
    HMAC(EVP_sha256(), secret, TOKEN_SECRET_LEN, bytes, len, mac, &mac_len);
}

static bool is_possible(const struct token *token)
{
    return token->purpose >= TOKEN_ROOM && token->purpose < TOKEN_PURPOSES &&
           token->rights <= (TOKEN_PUBLISH | TOKEN_VIEW) && token->expires_at_ms >= 0 &&
           memchr(token->subject, 0, TOKEN_ID_MAX) && memchr(token->room, 0, TOKEN_ROOM_MAX);
}

static void write_text(struct writer *w, const char *text)
{
    writer_u8(w, (uint8_t)strlen(text));
    writer_text(w, text);
}

int token_make(const uint8_t secret[TOKEN_SECRET_LEN], const struct token *token,
               char text[TOKEN_TEXT_MAX])
{
    uint8_t bytes[BYTES_MAX], mac[MAC_LEN];
    struct writer w = writer_of(bytes, sizeof(bytes));
    if (!is_possible(token))
        return EINVAL;
    writer_u8(&w, VERSION);
    writer_u8(&w, (uint8_t)token->purpose);
    writer_u8(&w, (uint8_t)token->rights);
    writer_u32(&w, token->generation);
    writer_u64(&w, (uint64_t)token->expires_at_ms);
    write_text(&w, token->subject);
    write_text(&w, token->room);
    sign(secret, bytes, w.len, mac);
    writer_bytes(&w, mac, sizeof(mac));
    if (w.full)
        return EINVAL;
    base64url_write(bytes, w.len, text);
    return 0;
}

// Reads a length and that many bytes as text; false when it does not fit or has zeros in it.
static bool read_text(const uint8_t **at, const uint8_t *end, char *text, size_t size)
{
    size_t len = *at < end ? *(*at)++ : size;
    if (len >= size || len > (size_t)(end - *at) || memchr(*at, 0, len))
        return false;
    memcpy(text, *at, len);
    text[len] = 0;
    *at += len;
    return true;
}

static int read_payload(const uint8_t *bytes, size_t len, struct token *token)
{
    const uint8_t *at = bytes + HEAD_LEN, *end = bytes + len;
    if (len < HEAD_LEN || bytes[0] != VERSION)
        return EBADMSG;
    token->purpose = (enum token_purpose)bytes[1];
    token->rights = bytes[2];
    token->generation = get_u32(bytes + 3);
    token->expires_at_ms = (int64_t)get_u64(bytes + 7);
    if (!read_text(&at, end, token->subject, sizeof(token->subject)) ||
        !read_text(&at, end, token->room, sizeof(token->room)) || at != end)
        return EBADMSG;
    return is_possible(token) ? 0 : EBADMSG;
}

int token_check(const uint8_t secret[TOKEN_SECRET_LEN], const char *text,
                enum token_purpose purpose, int64_t now_ms, struct token *token)
{
    uint8_t bytes[BYTES_MAX], mac[MAC_LEN];
    size_t len;
    if (!text || base64url_read(text, bytes, sizeof(bytes), &len) || len < MAC_LEN)
        return EBADMSG;
    len -= MAC_LEN;
    sign(secret, bytes, len, mac);
    if (CRYPTO_memcmp(mac, bytes + len, MAC_LEN) != 0)
        return EBADMSG;
    struct token read = {0};
    int err = read_payload(bytes, len, &read);
    if (err)
        return err;
    if (read.purpose != purpose)
        return EPROTO;
    if (read.expires_at_ms && now_ms >= read.expires_at_ms)
        return ETIMEDOUT;
    *token = read;
    return 0;
}

bool token_allows(const struct token *token, const char *room, enum token_right right)
{
    return token->purpose == TOKEN_ROOM && (token->rights & right) && text_glob(token->room, room);
}
