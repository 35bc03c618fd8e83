#include "signaling/auth/account_name.h"

#include <string.h>

#define NAME_MIN 2

bool account_is_name(const char *name)
{
    size_t len = strlen(name);
    return len >= NAME_MIN && len <= ACCOUNT_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}
