#include "signaling/auth/turn.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#define SHA1_LEN 20

static int sign(const char *secret, const char *text, unsigned char digest[EVP_MAX_MD_SIZE])
{
    unsigned len = 0;
    if (!HMAC(EVP_sha1(), secret, (int)strlen(secret), (const unsigned char *)text, strlen(text),
              digest, &len))
        return EPROTO;
    return len == SHA1_LEN ? 0 : EPROTO;
}

int turn_credential_make(const char *secret, const char *id, int64_t expires_at_s,
                         struct turn_credential *credential)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    int n = snprintf(credential->user, sizeof(credential->user), "%lld:%s", (long long)expires_at_s,
                     id);
    if (n < 0 || (size_t)n >= sizeof(credential->user))
        return EINVAL;
    int err = sign(secret, credential->user, digest);
    if (!err)
        EVP_EncodeBlock((unsigned char *)credential->password, digest, SHA1_LEN);
    return err;
}

int turn_name_make(const char *secret, const char *person, char name[TURN_NAME_MAX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    int err = sign(secret, person, digest);
    for (size_t i = 0; !err && i < TURN_NAME_MAX / 2; i++)
        snprintf(name + 2 * i, 3, "%02x", digest[i]);
    return err;
}
