#pragma once
#include <stdbool.h>

// Names that people sign in with: 2 to ACCOUNT_NAME_MAX of a-z 0-9 . _ -

#define ACCOUNT_NAME_MAX 40

bool account_is_name(const char *name);
