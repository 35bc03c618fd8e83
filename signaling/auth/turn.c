#include "signaling/auth/turn.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

int turn_credential_make(const char *secret, const char *id, int64_t expires_at_s,
                         struct turn_credential *credential)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int n = snprintf(credential->user, sizeof(credential->user), "%lld:%s", (long long)expires_at_s,
                     id);
    if (n < 0 || (size_t)n >= sizeof(credential->user))
        return EINVAL;
    if (!HMAC(EVP_sha1(), secret, (int)strlen(secret), (const unsigned char *)credential->user,
              (size_t)n, digest, &len) ||
        len != 20)
        return EPROTO;
    EVP_EncodeBlock((unsigned char *)credential->password, digest, (int)len);
    return 0;
}
