#pragma once
#include "signaling/store/store.h"

// A copy of a statement's values that outlives the caller's.

struct store_values {
    size_t count;
    struct store_value list[STORE_VALUES_MAX]; // the texts are behind it, in the same block
};

// mem_free() frees it. EINVAL when there are too many, ENOMEM.
int store_values_copy(struct store_values **valuesp, const struct store_value *list, size_t count);
